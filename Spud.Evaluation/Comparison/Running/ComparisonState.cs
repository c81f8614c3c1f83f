using System.Text.Json.Serialization;

namespace Spud.Evaluation.Comparison;

/// <summary>The results of a comparison so far: plain data, kept in a file so that it can be resumed.</summary>
public sealed class ComparisonState
{
    /// <summary>Version of this format; others are not read.</summary>
    public const int CurrentVersion = 2;

    /// <summary><see cref="CurrentVersion"/>.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Hash of pipelines, texts and settings; the data are valid only for these.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>[text].</summary>
    public required TextSums[] Texts { get; init; }

    /// <summary>[task].</summary>
    public required TaskSums[] Tasks { get; init; }

    /// <summary>[needle task].</summary>
    public required NeedleSums[] Needles { get; init; }

    /// <summary>Measured speed.</summary>
    public required SpeedSums Speed { get; init; }

    /// <summary>[pipeline]: seconds in forward passes over the texts.</summary>
    public required double[] ForwardSeconds { get; init; }

    /// <summary>Seconds for the texts outside of forward passes: reading, encoding, logits, this file.</summary>
    public double OwnSeconds { get; set; }

    /// <param name="fingerprint">Fingerprint of the comparison.</param>
    /// <param name="layers">[pipeline]: L.</param>
    /// <param name="texts">Number of texts.</param>
    /// <param name="tasks">Number of tasks.</param>
    /// <param name="needles">Number of needle tasks.</param>
    internal static ComparisonState New(string fingerprint, int[] layers, int texts, int tasks, int needles) => new()
    {
        Fingerprint = fingerprint,
        Texts = [.. Enumerable.Range(0, texts).Select(_ => TextSums.Of(layers))],
        Tasks = [.. Enumerable.Range(0, tasks).Select(_ => TaskSums.Of(layers.Length))],
        Needles = [.. Enumerable.Range(0, needles).Select(_ => new NeedleSums())],
        Speed = SpeedSums.Of(layers.Length),
        ForwardSeconds = new double[layers.Length],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ComparisonState))]
internal sealed partial class ComparisonStateJson : JsonSerializerContext;
