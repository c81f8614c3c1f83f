using System.Collections.Immutable;

namespace Spud.Evaluation.Comparison;

/// <summary>What a task showed.</summary>
public sealed record TaskResult
{
    /// <summary>The kind's name.</summary>
    public required string Name { get; init; }

    /// <summary>Where its questions come from.</summary>
    public required string File { get; init; }

    /// <summary>Of the file's bytes.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Questions.</summary>
    public required int Items { get; init; }

    /// <summary>[pipeline].</summary>
    public required ImmutableArray<TaskFigures> Pipelines { get; init; }
}

/// <summary>One pipeline's figures of a task.</summary>
/// <param name="Metrics">The first one is the accuracy.</param>
/// <param name="ComputeUnitsPerItem">What a question took on average; what questions have in common is read once.</param>
/// <param name="AccuracyPerComputeUnit">The score: accuracy for each compute unit of a question.</param>
public sealed record TaskFigures(ImmutableArray<MetricFigures> Metrics, double ComputeUnitsPerItem, double AccuracyPerComputeUnit);

/// <summary>A metric.</summary>
/// <param name="Name">As the lm-evaluation-harness calls it.</param>
/// <param name="Value">A part of 1, or a perplexity.</param>
/// <param name="AgainstFirst">Less that of the first pipeline; of a perplexity, over that of the first.</param>
public sealed record MetricFigures(string Name, Interval Value, Interval AgainstFirst);
