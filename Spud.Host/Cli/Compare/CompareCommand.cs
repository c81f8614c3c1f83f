using System.CommandLine;
using Spud.Evaluation.Comparison;
using Spud.Generation;

namespace Spud.Host;

/// <summary><c>spud compare</c>: compares pipelines with the same tokenizer.</summary>
internal sealed class CompareCommand
{
    private readonly Shell _shell;
    private readonly PipelineList _pipelines;
    private readonly CompareArguments _settings;
    private readonly Option<string[]> _files = new("--file", "-f") { Description = "A text to compare on, '-' for standard input; may be repeated.", HelpName = "FILE" };
    private readonly TaskArguments _tasks;
    private readonly CompareOutputs _outputs;

    private CompareCommand(Command command, Shell shell)
    {
        _shell = shell;
        command.Options.Add(_files);
        _tasks = new(command, shell);
        _settings = new(command);
        _pipelines = new(command, shell);
        _outputs = new(command, shell);
        LongCommand.SetAction(command, shell, Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("compare", "Compare pipelines of one model, or of several with one tokenizer, on texts: quality, speed, compute and memory. Repeat an interrupted comparison to continue it.");
        _ = new CompareCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        ComparisonSettings settings = _settings.Read(parsed);
        ComparedText[] texts = [.. Texts(parsed)];
        ComparedTasks tasks = _tasks.Read(parsed, settings.Bootstrap.Seed);
        using StepLoop loop = _pipelines.Loop(parsed);
        List<ComparedPipeline> pipelines = _pipelines.Load(parsed, loop, settings.ContextTokens, tasks);
        try
        {
            using CompareOutputs.Opened outputs = _outputs.Open(parsed);
            StateFile? state = outputs.State;
            ComparisonRun run = new(pipelines, texts, settings, state, tasks);
            if (run.Resumed)
                _shell.Say($"note: continuing the comparison in {state!.Path}");

            using Interrupts.Section section = _shell.Interrupts.Begin();
            ComparisonResult result = Show(run, state, section.Token);
            CompareReport report = CompareReport.Of(result, parsed);
            outputs.Write(report);
            state?.Delete();
            if (report.Reason is not null)
                _shell.Say($"error: {report.Reason}");

            return report.Reason is null ? ExitCodes.Done : ExitCodes.Failed;
        }
        finally
        {
            pipelines.ForEach(pipeline => pipeline.Model.Dispose());
        }
    }

    private ComparisonResult Show(ComparisonRun run, StateFile? state, CancellationToken cancellation)
    {
        try
        {
            return CompareProgress.Show(run, _shell, cancellation);
        }
        catch (OperationCanceledException)
        {
            _shell.Say(state is null
                ? "interrupted: nothing is kept. With --output, --html or --state FILE an interrupted comparison continues where it stopped."
                : $"interrupted: kept in {state.Path}; the same command continues from there.");
            throw;
        }
    }

    private IEnumerable<ComparedText> Texts(ParseResult parsed)
    {
        string[] files = parsed.GetValue(_files) ?? [];
        if (files.Length == 0)
            throw new BadInputException("no text to compare on is given. Give one with -f FILE, or with -f - for standard input.");

        foreach (string file in files)
        {
            _shell.Files.Reads(file == InputText.StandardInput ? "/dev/stdin" : file);
            yield return file == InputText.StandardInput ? ComparedText.OfBytes("standard input", InputText.ReadBytes(_shell)) : ComparedText.OfFile(file);
        }
    }
}
