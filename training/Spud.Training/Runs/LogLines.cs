using System.Text.Json.Serialization;

namespace Spud.Training.Runs;

/// <summary>A line of a run's log. Losses are mean nats per token.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TrainingLine), "train")]
[JsonDerivedType(typeof(EvaluationLine), "valid")]
internal abstract record LogLine
{
    /// <summary>Steps done.</summary>
    public required int Step { get; init; }

    /// <summary>Tokens trained on.</summary>
    public required long Tokens { get; init; }

    /// <summary>By domain.</summary>
    public required Dictionary<string, double> Loss { get; init; }

    /// <summary>Of the domains.</summary>
    public required double Mean { get; init; }

    /// <summary>Processor time of training so far, without evaluations: that of one thread, independent of other load.</summary>
    public required double Seconds { get; init; }
}

/// <summary>Training progress since the last such line.</summary>
internal sealed record TrainingLine : LogLine
{
    public required double Rate { get; init; }

    /// <summary>Gradient norm of the last step, before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Of the last step, mean of the layers; a mixture's.</summary>
    public double? Balance { get; init; }

    /// <summary>Likewise.</summary>
    public double? Z { get; init; }

    public required double TokensPerSecond { get; init; }
}

/// <summary>Losses on validation text, in f32.</summary>
internal sealed record EvaluationLine : LogLine
{
    /// <summary>Rows of each domain.</summary>
    public required Dictionary<string, int> Windows { get; init; }

    /// <summary>Whether the run ends with it.</summary>
    public required bool Final { get; init; }

    /// <summary>A mixture's: for each domain and layer, the share of each expert in the domain's (row, expert) pairs.</summary>
    public Dictionary<string, double[][]>? Experts { get; init; }

    /// <summary>If the number of experts varies: for each domain and layer, the average per row.</summary>
    public Dictionary<string, double[]>? ExpertsPerToken { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogLine))]
internal sealed partial class LogJson : JsonSerializerContext;
