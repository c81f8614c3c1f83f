using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Spud.Evaluation.Comparison;

/// <summary>Models of several shapes: how good they are, and what compute a dense model needs to be as good.</summary>
public sealed record EnvelopeResult
{
    /// <summary>The models; several seeds of one training count as one.</summary>
    public required ImmutableArray<ModelFigures> Models { get; init; }

    /// <summary>Standard deviation of the mean loss between seeds of one model, pooled over all models with several; null if none has.</summary>
    public required double? SeedDeviation { get; init; }

    /// <summary>Degrees of freedom of the deviation: seeds beyond the first of each model.</summary>
    public required int DegreesOfFreedom { get; init; }
}

/// <summary>A model of an envelope.</summary>
public sealed record ModelFigures
{
    /// <summary>Indices of its pipelines, one for each seed.</summary>
    public required ImmutableArray<int> Pipelines { get; init; }

    /// <summary>Whether each of its layers has one expert, as its file says.</summary>
    public required bool IsDense { get; init; }

    /// <summary>10^9 FLOPs, mean of the seeds.</summary>
    public required double ComputeUnitsPerToken { get; init; }

    /// <summary>Mean loss over all predicted tokens in nats, mean of the seeds.</summary>
    public required double MeanLoss { get; init; }

    /// <summary>Whether it is a corner of the lower envelope of the dense models.</summary>
    public required bool IsOnEnvelope { get; init; }

    /// <summary>Compute units per token that a dense model needs for this quality; null for dense models.</summary>
    public required DenseCompute? DenseComputeUnits { get; init; }
}

/// <summary>Compute that a dense model needs for a quality.</summary>
/// <param name="Value">Compute units per token, within the range of the given dense models.</param>
/// <param name="Low">Lower end of its interval over seeds; null if no model has several.</param>
/// <param name="High">Upper end.</param>
/// <param name="Ratio">The value over the compute units of the model itself, with the bound of the value.</param>
public sealed record DenseCompute(BoundedValue Value, BoundedValue? Low, BoundedValue? High, BoundedValue Ratio);

/// <summary>A figure limited to the measured range.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Bound">Whether it is exact or the end of the measured range.</param>
public readonly record struct BoundedValue(double Value, Bound Bound)
{
    internal BoundedValue Over(double divisor) => this with { Value = Value / divisor };
}

/// <summary>Relation of a figure to the true value.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Bound>))]
public enum Bound
{
    /// <summary>It is the true value.</summary>
    [JsonStringEnumMemberName("exact")]
    Exact,

    /// <summary>The true value is not smaller.</summary>
    [JsonStringEnumMemberName("atLeast")]
    AtLeast,

    /// <summary>The true value is not larger.</summary>
    [JsonStringEnumMemberName("atMost")]
    AtMost,
}
