using System.Collections.Immutable;

namespace Spud.Evaluation.Comparison;

/// <summary>Results of a task.</summary>
public sealed record TaskResult
{
    /// <summary>The kind's name.</summary>
    public required string Name { get; init; }

    /// <summary>Source of its questions.</summary>
    public required string File { get; init; }

    /// <summary>Hash of the file's bytes.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Questions.</summary>
    public required int Items { get; init; }

    /// <summary>[pipeline].</summary>
    public required ImmutableArray<TaskFigures> Pipelines { get; init; }
}

/// <summary>One pipeline's figures of a task.</summary>
/// <param name="Metrics">The first one is the accuracy.</param>
/// <param name="ComputeUnitsPerItem">Average cost of a question; the common beginning of questions is read once.</param>
/// <param name="AccuracyPerComputeUnit">The score: accuracy per compute unit of a question.</param>
public sealed record TaskFigures(ImmutableArray<MetricFigures> Metrics, double ComputeUnitsPerItem, double AccuracyPerComputeUnit);

/// <summary>A metric.</summary>
/// <param name="Name">Its name in the lm-evaluation-harness.</param>
/// <param name="Value">A fraction, or a perplexity.</param>
/// <param name="AgainstFirst">Difference from the first pipeline; for a perplexity, the ratio.</param>
public sealed record MetricFigures(string Name, Interval Value, Interval AgainstFirst);
