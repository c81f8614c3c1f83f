using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud.Evaluation.Calibration;

/// <summary>The file that a pipeline names; docs/routing.md describes it.</summary>
public sealed record CalibrationDocument(int Format, CalibratedModel Model, int MinExperts, int MaxExperts, CalibratedLayer[] Layers, CalibrationSource Fitted)
{
    /// <summary>The only format version.</summary>
    public const int KnownFormat = 1;

    /// <summary>Serialises it as a file.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CalibrationJson.Readable.CalibrationDocument);
}

/// <summary>The model it was made for.</summary>
public sealed record CalibratedModel(string Name, string Hash);

/// <summary>A layer's rule and average experts per row.</summary>
public sealed record CalibratedLayer(int Layer, double Threshold, float Temperature, double Experts);

/// <summary>What it was fitted to, for information; the target is either experts or perplexity ratio.</summary>
public sealed record CalibrationSource(
    string Text,
    int Tokens,
    int Window,
    double? WantedExperts,
    double? WantedPerplexityRatio,
    double Experts,
    double BaselinePerplexity,
    double PerplexityRatio,
    int Passes);

[JsonSerializable(typeof(CalibrationDocument))]
[JsonSerializable(typeof(RouterPackSummary))]
public sealed partial class CalibrationJson : JsonSerializerContext
{
    /// <summary>Indented, for readability.</summary>
    public static CalibrationJson Readable { get; } = new(Written(indented: true));

    /// <summary>One line.</summary>
    public static CalibrationJson Compact { get; } = new(Written(indented: false));

    private static JsonSerializerOptions Written(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
    };
}
