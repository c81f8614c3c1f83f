using System.CommandLine;
using Spud.Evaluation.Comparison;
using Spud.Generation;

namespace Spud.Host;

/// <summary><c>spud compare</c>: pipelines of one model against each other.</summary>
internal sealed class CompareCommand
{
    private readonly Shell _shell;
    private readonly PipelineList _pipelines;
    private readonly CompareArguments _settings;
    private readonly Option<string[]> _files = new("--file", "-f") { Description = "A text to compare over, '-' for standard input; may be repeated.", HelpName = "FILE" };
    private readonly Option<string[]> _tasks = new("--task") { Description = $"Ask the questions of a JSON file too: {string.Join(", ", ComparisonTask.KindNames)}. May be repeated.", HelpName = "KIND=FILE" };
    private readonly Option<int?> _items = Values.Integer("--items", 1, int.MaxValue, "Most questions of each task. Default: all.");
    private readonly CompareOutputs _outputs;

    private CompareCommand(Command command, Shell shell)
    {
        _shell = shell;
        command.Options.Add(_files);
        command.Options.Add(_tasks);
        command.Options.Add(_items);
        _settings = new(command);
        _pipelines = new(command, shell);
        _outputs = new(command, shell);
        command.SetAction(Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("compare", "Compare pipelines of one model over texts: quality, speed, compute and memory. An interrupted comparison goes on where it was when it is repeated.");
        _ = new CompareCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        ComparisonSettings settings = _settings.Read(parsed);
        ComparedText[] texts = [.. Texts(parsed)];
        ComparisonTask[] tasks = [.. Tasks(parsed)];
        StateFile? state = _outputs.State(parsed, parsed.GetValue(_files) ?? []);
        using StepLoop loop = _pipelines.Loop(parsed);
        List<ComparedPipeline> pipelines = _pipelines.Load(parsed, loop, settings.ContextTokens, tasks.Select(task => task.ContextTokens).DefaultIfEmpty().Max());
        try
        {
            ComparisonRun run = new(pipelines, texts, settings, state, tasks);
            if (run.Resumed)
                _shell.Say($"note: going on with the comparison in {state!.Path}");

            using Interrupts.Section section = _shell.Interrupts.Begin();
            ComparisonResult result = Show(run, state, section.Token);
            _outputs.Write(parsed, result);
            state?.Delete();
            return ExitCodes.Done;
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
                ? "interrupted: nothing is kept. With --json, --html or --state FILE an interrupted comparison goes on where it was."
                : $"interrupted: kept in {state.Path}; the same command goes on from there.");
            throw;
        }
    }

    private IEnumerable<ComparisonTask> Tasks(ParseResult parsed)
    {
        foreach (string task in parsed.GetValue(_tasks) ?? [])
        {
            string[] parts = task.Split('=', 2);
            if (parts.Length < 2 || parts.Any(string.IsNullOrWhiteSpace))
                throw new BadInputException($"--task: expected KIND=FILE, such as lambada=lambada_test.jsonl, got '{task}'. Kinds: {string.Join(", ", ComparisonTask.KindNames)}.");

            yield return ComparisonTask.Load(parts[0], parts[1], parsed.GetValue(_items));
        }
    }

    private IEnumerable<ComparedText> Texts(ParseResult parsed)
    {
        string[] files = parsed.GetValue(_files) ?? [];
        if (files.Length == 0)
            throw new BadInputException("there is no text to compare over. Give one with -f FILE, or with -f - for standard input.");

        foreach (string file in files)
            yield return file == InputText.StandardInput ? ComparedText.OfBytes("standard input", InputText.ReadBytes(_shell)) : ComparedText.OfFile(file);
    }
}
