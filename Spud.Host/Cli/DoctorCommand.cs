using System.CommandLine;
using Spud.Composition;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Host;

/// <summary><c>spud doctor</c>: checks whether Spud will run here, and says what to do if not.</summary>
internal sealed class DoctorCommand
{
    private readonly Shell _shell;
    private readonly PipelineArguments _arguments;
    private readonly Option<bool> _deep = new("--deep") { Description = "Also check the bytes of the embedded model (SHA-256)." };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document." };

    private DoctorCommand(Command command, Shell shell)
    {
        (_shell, _arguments) = (shell, new(command, shell));
        command.Options.Add(_deep);
        command.Options.Add(_json);
        command.SetAction(Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("doctor", "Check the machine, the model, the plugins and the memory, and say what to do.");
        _ = new DoctorCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        PipelineDocument document = _arguments.Document(parsed);
        using PluginCatalog catalog = _arguments.Catalog(parsed);
        Doctor doctor = new(Machine.Here());
        doctor.CheckMachine();
        doctor.CheckModel(document.Model, parsed.GetValue(_deep));
        doctor.CheckPlugins(catalog, _arguments.Folders(parsed));
        if ((document.Model ?? Places.DefaultModel()) is { } model)
            doctor.CheckPipeline(new FileInfo(model) is { Exists: true } file ? file.Length : 0, () => Explain(document, catalog, parsed));

        DoctorReport report = doctor.Report;
        if (parsed.GetValue(_json))
            _shell.WriteJson(report, InspectionJson.Readable.DoctorReport);
        else
            Write(report);

        return report.Status == CheckStatus.Fail ? ExitCodes.Failed : ExitCodes.Done;
    }

    private PipelineExplanation Explain(PipelineDocument document, PluginCatalog catalog, ParseResult parsed)
    {
        using Pipeline pipeline = Pipeline.Compose(document, catalog, new() { DefaultModel = Places.DefaultModel(), Threads = _arguments.Threads(parsed) });
        return PipelineExplanation.Of(pipeline);
    }

    private void Write(DoctorReport report)
    {
        foreach (DoctorCheck check in report.Checks)
        {
            WrappedText.Write(_shell.Out, $"{check.Name}: {check.Message}", indent: 6, first: $"{Word(check.Status),-6}");
            if (check.Advice is not null)
                WrappedText.Write(_shell.Out, check.Advice, indent: 9, first: "      -> ");
        }

        _shell.Out.WriteLine();
        _shell.Out.WriteLine(report.Status switch
        {
            CheckStatus.Ok => "All checks passed.",
            CheckStatus.Warn => "It will run; see the warnings.",
            _ => "Some checks failed: see above.",
        });
    }

    private static string Word(CheckStatus status) => status.ToString().ToLowerInvariant();
}
