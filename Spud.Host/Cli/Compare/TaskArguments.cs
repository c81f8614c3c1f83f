using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>The options that select the tasks for pipelines.</summary>
internal sealed class TaskArguments
{
    private const string AllNeedles = "needle";

    private readonly Shell _shell;
    private readonly Option<string[]> _tasks = new("--task")
    {
        Description = $"Also ask questions: of a file ({string.Join(", ", ComparisonTask.KindNames)}), or about long contexts, generated ({AllNeedles}, which is all of {string.Join(", ", NeedleTask.KindNames)}) or of a file (lines, pairs). May be repeated.",
        HelpName = "KIND[=FILE]",
    };

    private readonly Option<int?> _items = Values.Integer("--items", 1, int.MaxValue, "Maximum questions per task with a file. Default: all.");
    private readonly Option<string?> _lengths = new("--lengths") { Description = "Tokens of generated contexts. Default: 4096.", HelpName = "N,N" };
    private readonly Option<string?> _depths = new("--depths") { Description = "Where answers are in long contexts, in percent. Default: 0,25,50,75,100.", HelpName = "N,N" };
    private readonly Option<int?> _cases = Values.Integer("--cases", 1, 1_000_000, "Generated questions of each kind, length and depth. Default: 4.");
    private readonly Option<bool> _questionFirst = new("--question-first") { Description = "Put the question before a long context too, so that caches that decide by attention know it." };

    public TaskArguments(Command command, Shell shell)
    {
        _shell = shell;
        foreach (Option option in new Option[] { _tasks, _items, _lengths, _depths, _cases, _questionFirst })
            command.Options.Add(option);
    }

    /// <summary>The selected tasks.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="seed">Seed of generated contexts.</param>
    /// <exception cref="BadInputException">An option is malformed.</exception>
    /// <exception cref="ComparisonException">There is no such kind or file, or a file has different contents.</exception>
    public ComparedTasks Read(ParseResult parsed, ulong seed)
    {
        NeedleSettings settings = new()
        {
            Lengths = [.. Numbers(parsed.GetValue(_lengths), "--lengths", "4096").Select(length => (int)Math.Clamp(length, int.MinValue, int.MaxValue))],
            Depths = [.. Numbers(parsed.GetValue(_depths), "--depths", "0,25,50,75,100").Select(percent => percent / 100)],
            Cases = parsed.GetValue(_cases) ?? 4,
            QuestionFirst = parsed.GetValue(_questionFirst),
            Seed = seed,
        };
        List<ComparisonTask> questions = [];
        List<NeedleTask> needles = [];
        foreach (string task in parsed.GetValue(_tasks) ?? [])
        {
            string[] parts = task.Split('=', 2);
            if (parts.Any(string.IsNullOrWhiteSpace))
                throw new BadInputException($"--task: expected KIND=FILE, such as lambada=lambada_test.jsonl, got '{task}'. {Known}");
            if (parts.Length == 2)
                _shell.Files.Reads(parts[1]);

            if (NeedleTask.KindOf(parts[0]) is { } kind)
                needles.Add(parts.Length == 1 ? NeedleTask.Generated(kind, settings) : NeedleTask.OfFile(kind, parts[1], settings with { Cases = parsed.GetValue(_items) ?? int.MaxValue }));
            else if (task == AllNeedles)
                needles.AddRange(Enum.GetValues<NeedleKind>().Select(each => NeedleTask.Generated(each, settings)));
            else if (parts.Length == 2 && ComparisonTask.KindNames.Contains(parts[0]))
                questions.Add(ComparisonTask.Load(parts[0], parts[1], parsed.GetValue(_items)));
            else
                throw new BadInputException(parts.Length == 1 && ComparisonTask.KindNames.Contains(task) ? $"--task: {task} asks questions of a file: {task}=FILE." : $"--task: '{parts[0]}' is not a kind of task. {Known}");
        }

        return new(questions, needles);
    }

    private static string Known => $"With files: {string.Join(", ", ComparisonTask.KindNames)}. About long contexts: {AllNeedles}, {string.Join(", ", NeedleTask.KindNames)}.";

    private static ImmutableArray<double> Numbers(string? list, string option, string otherwise)
    {
        string[] parts = (list ?? otherwise).Split(',');
        double[] numbers = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
                throw new BadInputException($"{option}: expected numbers with commas between them, such as {otherwise}, got '{list}'.");
        }

        return [.. numbers.Distinct().Order()];
    }
}
