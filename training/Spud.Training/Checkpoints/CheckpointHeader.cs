using System.Text.Json.Serialization;

namespace Spud.Training.Checkpoints;

/// <summary>State of a run.</summary>
internal sealed record CheckpointHeader
{
    /// <summary>Steps done.</summary>
    public required int Step { get; init; }

    /// <summary>Seconds of training, evaluations not counted.</summary>
    public required double Seconds { get; init; }

    /// <summary>Value of <see cref="Seconds"/> at the last report.</summary>
    public double ReportedAt { get; set; }

    /// <summary>Numbers in each block.</summary>
    public required long Parameters { get; init; }

    /// <summary>Sums of the losses since the last report, by domain.</summary>
    public required double[] LossSums { get; init; }

    /// <summary>Rows since the last report, by domain.</summary>
    public required long[] LossRows { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CheckpointHeader))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
