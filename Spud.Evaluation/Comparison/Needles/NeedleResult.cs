using System.Collections.Immutable;

namespace Spud.Evaluation.Comparison;

/// <summary>Results of a needle task.</summary>
public sealed record NeedleResult
{
    /// <summary>The kind's name.</summary>
    public required string Name { get; init; }

    /// <summary>Source of its contexts; null if generated.</summary>
    public required string? File { get; init; }

    /// <summary>Hash of the file's bytes; null if generated.</summary>
    public required string? Sha256 { get; init; }

    /// <summary>Whether the question also preceded the context.</summary>
    public required bool QuestionFirst { get; init; }

    /// <summary>Questions.</summary>
    public required int Cases { get; init; }

    /// <summary>[pipeline].</summary>
    public required ImmutableArray<NeedleFigures> Pipelines { get; init; }
}

/// <summary>One pipeline's figures of a needle task.</summary>
public sealed record NeedleFigures
{
    /// <summary>Share of questions answered exactly, with Wilson's interval.</summary>
    public required Interval Accuracy { get; init; }

    /// <summary>Accuracy divided by the first pipeline's; null if that is 0.</summary>
    public required double? RelativeAccuracy { get; init; }

    /// <summary>Questions that the first pipeline answered.</summary>
    public required int FirstCorrect { get; init; }

    /// <summary>Share of these that this pipeline answered too; null if there are none.</summary>
    public required Interval? Retained { get; init; }

    /// <summary>Questions that the cache had partly seen when it decided what to keep.</summary>
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
/// <param name="Accuracy">Share answered exactly.</param>
public sealed record NeedleCell(int Length, double Depth, int Cases, Interval Accuracy);

/// <summary>Contexts of one length.</summary>
public sealed record NeedleLength
{
    /// <summary>Tokens of context, question and answer.</summary>
    public required int Length { get; init; }

    /// <summary>Questions.</summary>
    public required int Cases { get; init; }

    /// <summary>Share answered exactly.</summary>
    public required Interval Accuracy { get; init; }

    /// <summary>Peak bytes of pages in use, including prefill; maximum over all contexts.</summary>
    public required long PeakPageBytes { get; init; }

    /// <summary>Bytes of keys and values kept at the end of a context; maximum.</summary>
    public required long KeptBytes { get; init; }

    /// <summary>Speed of reading the contexts.</summary>
    public required double PrefillTokensPerSecond { get; init; }

    /// <summary>Speed of generating answers, at the end of the contexts.</summary>
    public required double DecodeTokensPerSecond { get; init; }

    /// <summary>Cost of a context and its questions, 10^9 FLOPs.</summary>
    public required double ComputeUnitsPerContext { get; init; }
}
