using System.Security.Cryptography;

namespace Spud.Evaluation.Comparison;

/// <summary>Questions from a file: JSON, as an array or one per line; text for exact answers.</summary>
public sealed class ComparisonTask
{
    private const int MaxBytes = 64 << 20;

    private static readonly Dictionary<string, TaskKind> s_kinds = new() { ["arc-easy"] = TaskKind.ArcEasy, ["exact"] = TaskKind.Exact, ["gsm8k"] = TaskKind.Gsm8k, ["lambada"] = TaskKind.Lambada };

    private ComparisonTask(TaskKind kind, string file, byte[] content, int? most)
    {
        (Kind, File, Sha256) = (kind, file, Convert.ToHexStringLower(SHA256.HashData(content)));
        Items = kind == TaskKind.Exact ? ExactReader.Read(file, content, most) : [.. TaskReader.Read(kind, file, content).Take(most ?? int.MaxValue)];
        if (Items.Count == 0)
            throw new ComparisonException($"{file}: contains no questions.");
    }

    /// <summary>Names of all kinds.</summary>
    public static IEnumerable<string> KindNames => s_kinds.Keys;

    /// <summary>How it is asked and judged.</summary>
    public TaskKind Kind { get; }

    /// <summary>Its kind's name.</summary>
    public string Name => s_kinds.Single(kind => kind.Value == Kind).Key;

    /// <summary>Its source.</summary>
    public string File { get; }

    /// <summary>Hash of the file's bytes.</summary>
    public string Sha256 { get; }

    /// <summary>Expected tokens of its longest questions; longer ones are truncated at the front.</summary>
    public int ContextTokens => Kind == TaskKind.Gsm8k ? 2048 : 1024;

    internal IReadOnlyList<TaskItem> Items { get; }

    /// <summary>What is judged.</summary>
    internal IReadOnlyList<TaskMetric> Metrics => Kind switch
    {
        TaskKind.ArcEasy => [new("acc", false), new("acc_norm", false)],
        TaskKind.Exact => [new("exact_match", false)],
        TaskKind.Gsm8k => [new("exact_match,strict-match", false), new("exact_match,flexible-extract", false)],
        _ => [new("acc", false), new("perplexity", true)],
    };

    /// <summary>Reads a task.</summary>
    /// <param name="kind">One of <see cref="KindNames"/>.</param>
    /// <param name="file">A file of that kind.</param>
    /// <param name="most">Maximum number of questions, taken from the beginning or, for exact answers, spread over the file; null for all.</param>
    /// <exception cref="ComparisonException">Unknown kind, or a missing or invalid file.</exception>
    public static ComparisonTask Load(string kind, string file, int? most)
    {
        if (!s_kinds.TryGetValue(kind, out TaskKind known))
            throw new ComparisonException($"'{kind}' is not a kind of task. Known: {string.Join(", ", KindNames)}.");

        try
        {
            if (new FileInfo(file).Length > MaxBytes)
                throw new ComparisonException($"{file}: longer than {MaxBytes >> 20} MiB.");

            return new(known, file, System.IO.File.ReadAllBytes(file), most);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ComparisonException($"{file}: {(fault is FileNotFoundException or DirectoryNotFoundException ? "no such file" : fault.Message)}");
        }
    }
}

/// <summary>A figure of a task.</summary>
/// <param name="Name">Its name in the lm-evaluation-harness.</param>
/// <param name="IsLogLikelihood">Values are log-likelihoods, and the figure is the perplexity; otherwise values are 0 or 1, and the figure is
/// their mean.</param>
internal readonly record struct TaskMetric(string Name, bool IsLogLikelihood);
