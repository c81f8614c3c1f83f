using System.Collections.Immutable;

namespace Spud.Evaluation.Comparison;

/// <summary>What a needle task showed.</summary>
public sealed record NeedleResult
{
    /// <summary>The kind's name.</summary>
    public required string Name { get; init; }

    /// <summary>Where its contexts come from; null: generated.</summary>
    public required string? File { get; init; }

    /// <summary>Of the file's bytes; null: generated.</summary>
    public required string? Sha256 { get; init; }

    /// <summary>Whether the question stood before the context too.</summary>
    public required bool QuestionFirst { get; init; }

    /// <summary>Questions.</summary>
    public required int Cases { get; init; }

    /// <summary>[pipeline].</summary>
    public required ImmutableArray<NeedleFigures> Pipelines { get; init; }
}

/// <summary>One pipeline's figures of a needle task.</summary>
public sealed record NeedleFigures
{
    /// <summary>Part of the questions that were answered exactly; the interval is Wilson's.</summary>
    public required Interval Accuracy { get; init; }

    /// <summary>Accuracy over that of the first pipeline; null: that is 0.</summary>
    public required double? RelativeAccuracy { get; init; }

    /// <summary>Questions that the first pipeline answered.</summary>
    public required int FirstCorrect { get; init; }

    /// <summary>Of these, the part that this pipeline answered too; null: there are none.</summary>
    public required Interval? Retained { get; init; }

    /// <summary>Questions of which the cache saw a part when it decided what to keep.</summary>
    public required int QuestionsSeen { get; init; }

    /// <summary>By length and depth.</summary>
    public required ImmutableArray<NeedleCell> Cells { get; init; }

    /// <summary>By length.</summary>
    public required ImmutableArray<NeedleLength> Lengths { get; init; }
}

/// <summary>Questions of one length and depth.</summary>
/// <param name="Length">Tokens of context, question and answer.</param>
/// <param name="Depth">Where the answer was, 0 to 1.</param>
/// <param name="Cases">Questions.</param>
/// <param name="Accuracy">Part that was answered exactly.</param>
public sealed record NeedleCell(int Length, double Depth, int Cases, Interval Accuracy);

/// <summary>Contexts of one length.</summary>
public sealed record NeedleLength
{
    /// <summary>Tokens of context, question and answer.</summary>
    public required int Length { get; init; }

    /// <summary>Questions.</summary>
    public required int Cases { get; init; }

    /// <summary>Part that was answered exactly.</summary>
    public required Interval Accuracy { get; init; }

    /// <summary>Bytes of the pages in use at most: prefill included, the largest over all contexts.</summary>
    public required long PeakPageBytes { get; init; }

    /// <summary>Bytes of keys and values that were kept at the end of a context, the largest.</summary>
    public required long KeptBytes { get; init; }

    /// <summary>Of reading the contexts.</summary>
    public required double PrefillTokensPerSecond { get; init; }

    /// <summary>Of writing answers, at the end of the contexts.</summary>
    public required double DecodeTokensPerSecond { get; init; }

    /// <summary>What a context and its questions took, 10^9 FLOPs.</summary>
    public required double ComputeUnitsPerContext { get; init; }
}
