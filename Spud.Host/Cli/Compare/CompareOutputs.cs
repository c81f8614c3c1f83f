using System.CommandLine;
using System.Text.Json;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>Where a comparison goes: a table on standard output, a JSON document, and where an unfinished one is kept.</summary>
internal sealed class CompareOutputs
{
    private const string StandardOutput = "-";
    private const string Unfinished = ".unfinished";

    private readonly Shell _shell;
    private readonly Option<string?> _json = new("--json") { Description = "Write one JSON document, '-' for standard output in place of the table.", HelpName = "FILE" };
    private readonly Option<string?> _html = new("--html") { Description = "Write one HTML page with plots, which needs nothing else.", HelpName = "FILE" };
    private readonly Option<string?> _state = new("--state") { Description = $"Keep an unfinished comparison here. Default: beside the first file that is written, with {Unfinished} at the end.", HelpName = "FILE" };

    public CompareOutputs(Command command, Shell shell)
    {
        _shell = shell;
        command.Options.Add(_json);
        command.Options.Add(_html);
        command.Options.Add(_state);
    }

    /// <summary>Where an unfinished comparison is kept; null: nowhere. Writes nothing.</summary>
    /// <exception cref="BadInputException">An output is one of the texts, or its folder is not there.</exception>
    public StateFile? State(ParseResult parsed, IEnumerable<string> texts)
    {
        string[] inputs = [.. texts.Where(text => text != InputText.StandardInput).Select(Path.GetFullPath)];
        foreach (string output in Files(parsed).Select(Path.GetFullPath))
        {
            if (inputs.Contains(output))
                throw new BadInputException($"{output}: would be overwritten, and is one of the texts. Name another output.");
            if (Directory.Exists(output) || !Directory.Exists(Path.GetDirectoryName(output)))
                throw new BadInputException($"{output}: cannot be written: {(Directory.Exists(output) ? "it is a directory" : "there is no such folder")}.");
        }

        string? beside = Files(parsed).FirstOrDefault(file => !File.Exists(file) || new FileInfo(file).Length > 0);
        if (parsed.GetValue(_state) is { } wrong && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(wrong))))
            throw new BadInputException($"--state {wrong}: cannot be written: there is no such folder.");

        return parsed.GetValue(_state) is { } state ? new(state) : beside is not null ? new(beside + Unfinished) : null;
    }

    /// <summary>Writes everything that was asked for.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Write(ParseResult parsed, ComparisonResult result)
    {
        CompareReport report = CompareReport.Of(result, parsed);
        if (parsed.GetValue(_json) is { } json)
            WriteJson(json, report);
        if (parsed.GetValue(_html) is { } html)
            SafeFile.Write(html, ComparePage.Write(report));
        if (parsed.GetValue(_json) != StandardOutput)
            new CompareTable(_shell.Out).Write(report);

        _shell.Out.Flush();
    }

    private void WriteJson(string path, CompareReport report)
    {
        if (path == StandardOutput)
            _shell.WriteJson(report, CompareJson.Readable.CompareReport);
        else
            SafeFile.Write(path, [.. JsonSerializer.SerializeToUtf8Bytes(report, CompareJson.Readable.CompareReport), (byte)'\n']);
    }

    private IEnumerable<string> Files(ParseResult parsed) => new[] { parsed.GetValue(_json), parsed.GetValue(_html) }.Where(file => file is not null and not StandardOutput)!;
}
