using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Spud.Composition;

namespace Spud.Evaluation.Comparison;

/// <summary>What a comparison found. Losses and divergences in nats; intervals by paired bootstrap over blocks of text.</summary>
public sealed record ComparisonResult
{
    /// <summary>Settings of the measurement.</summary>
    public required ComparisonSettings Settings { get; init; }

    /// <summary>The texts.</summary>
    public required ImmutableArray<TextResult> Texts { get; init; }

    /// <summary>The tasks.</summary>
    public required ImmutableArray<TaskResult> Tasks { get; init; }

    /// <summary>The tasks of long contexts.</summary>
    public required ImmutableArray<NeedleResult> Needles { get; init; }

    /// <summary>The pipelines; the others are compared with the first.</summary>
    public required ImmutableArray<PipelineResult> Pipelines { get; init; }

    /// <summary>Perplexity by position in the windows, over all texts; null if not requested.</summary>
    public required ImmutableArray<PositionFigures>? Positions { get; init; }

    /// <summary>Models of several shapes against the compute that dense ones need; null if there is one shape or no dense model.</summary>
    public required EnvelopeResult? Envelope { get; init; }

    /// <summary>Seconds in forward passes of all pipelines over the texts.</summary>
    public required double ForwardSeconds { get; init; }

    /// <summary>Seconds outside of these.</summary>
    public required double OwnSeconds { get; init; }
}

/// <summary>A text of the comparison.</summary>
public sealed record TextResult
{
    /// <summary>File name.</summary>
    public required string Name { get; init; }

    /// <summary>Length.</summary>
    public required long Bytes { get; init; }

    /// <summary>Hash of its bytes.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Windows that were read.</summary>
    public required int Windows { get; init; }

    /// <summary>Tokens that were predicted.</summary>
    public required long Tokens { get; init; }

    /// <summary>Blocks that intervals are drawn from.</summary>
    public required int Blocks { get; init; }

    /// <summary>[pipeline]: figures of this text alone.</summary>
    public required ImmutableArray<QualityFigures> Pipelines { get; init; }
}

/// <summary>One pipeline's figures.</summary>
public sealed record PipelineResult
{
    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>Over all texts.</summary>
    public required QualityFigures Quality { get; init; }

    /// <summary>Prefill and decode; null if not measured.</summary>
    public required SpeedFigures? Speed { get; init; }

    /// <summary>What its drafts came to; null without a drafter, or if speed was not measured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DraftFigures? Drafts { get; init; }

    /// <summary>Cost per token.</summary>
    public required ComputeFigures Compute { get; init; }

    /// <summary>Bytes of keys and values per token, kept at the end of the windows.</summary>
    public required double KvBytesPerToken { get; init; }

    /// <summary>Memory at the limits of the comparison.</summary>
    public required MemoryFigures Memory { get; init; }

    /// <summary>Seconds in forward passes over the texts.</summary>
    public required double ForwardSeconds { get; init; }

    /// <summary>The resolved pipeline.</summary>
    public required PipelineExplanation Explanation { get; init; }
}

/// <summary>How well a text was predicted.</summary>
public sealed record QualityFigures
{
    /// <summary>Tokens that were predicted.</summary>
    public required long Tokens { get; init; }

    /// <summary>exp of the mean loss.</summary>
    public required Interval Perplexity { get; init; }

    /// <summary>Perplexity divided by the first pipeline's.</summary>
    public required Interval PerplexityRatio { get; init; }

    /// <summary>Mean of D(first || this); null if the vocabularies have different sizes.</summary>
    public required Interval? MeanDivergence { get; init; }

    /// <summary>99th percentile of the divergence; null likewise.</summary>
    public required double? Divergence99 { get; init; }

    /// <summary>Share of predictions whose most likely token is the first pipeline's.</summary>
    public required Interval Agreement { get; init; }

    /// <summary>Whether it is as good as the first: the upper end of the ratio's interval is low enough; null if there is no interval.</summary>
    public required bool? Parity { get; init; }
}

/// <summary>How well tokens at some positions of the windows were predicted.</summary>
public sealed record PositionFigures
{
    /// <summary>The first of the positions; that of a window's first token is 0.</summary>
    public required int FirstPosition { get; init; }

    /// <summary>The last one.</summary>
    public required int LastPosition { get; init; }

    /// <summary>Tokens that were predicted there.</summary>
    public required long Tokens { get; init; }

    /// <summary>[pipeline].</summary>
    public required ImmutableArray<PositionPerplexity> Pipelines { get; init; }
}

/// <summary>A pipeline's figures at some positions.</summary>
/// <param name="Perplexity">exp of the mean loss.</param>
/// <param name="PerplexityRatio">Perplexity divided by the first pipeline's.</param>
public sealed record PositionPerplexity(Interval Perplexity, Interval PerplexityRatio);

/// <summary>Average metered cost of a token over the texts: the cost of every row, and for the head that of a row whose logits are read.</summary>
public sealed record ComputeFigures
{
    /// <summary>10^9 FLOPs.</summary>
    public required double ComputeUnitsPerToken { get; init; }

    /// <summary>
    /// The score: bits saved per token against a uniform guess over the vocabulary (log2 V minus the mean loss in bits), per compute unit.
    /// </summary>
    public required Interval BitsPerComputeUnit { get; init; }

    /// <summary>By role, in the order of the forward pass.</summary>
    public required ImmutableArray<RoleFigures> Roles { get; init; }

    /// <summary>[layer]: experts per token; a dense layer has one.</summary>
    [JsonPropertyName("expertsPerToken")]
    public required ImmutableArray<double> ExpertsByLayer { get; init; }
}

/// <summary>A role's share of the cost of a token.</summary>
/// <param name="Role">Its name.</param>
/// <param name="ComputeUnitsPerToken">10^9 FLOPs.</param>
/// <param name="SecondsPerToken">Time while reading the texts, many rows at a time.</param>
public sealed record RoleFigures(string Role, double ComputeUnitsPerToken, double SecondsPerToken);

/// <summary>Tokens per second.</summary>
/// <param name="Prefill">Of reading a prompt.</param>
/// <param name="Decode">Of producing tokens.</param>
public sealed record SpeedFigures(
    [property: JsonPropertyName("prefillTokensPerSecond")] Spread Prefill,
    [property: JsonPropertyName("decodeTokensPerSecond")] Spread Decode);

/// <summary>Repeated measurements.</summary>
/// <param name="Median">The median.</param>
/// <param name="Low">The lowest.</param>
/// <param name="High">The highest.</param>
/// <param name="Samples">All, in order of measurement.</param>
public sealed record Spread(double Median, double Low, double High, ImmutableArray<double> Samples);

/// <summary>Memory of one pipeline by itself.</summary>
/// <param name="PrivateBytes">Accounted: what <c>spud explain</c> states for the limits of the comparison.</param>
/// <param name="MappedBytes">Of the model file, which pipelines of one file share.</param>
/// <param name="MeasuredBytes">Growth of this process's private memory from composing the pipeline and reading a window; null if not measured.</param>
public sealed record MemoryFigures(long PrivateBytes, long MappedBytes, long? MeasuredBytes);
