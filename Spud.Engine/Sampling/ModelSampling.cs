using Spud.Models;

namespace Spud.Sampling;

/// <summary>Sampling settings recommended by a model file: its <c>general.sampling.*</c> keys.</summary>
public static class ModelSampling
{
    /// <summary>The options of a file; missing or out-of-range values keep the defaults of <see cref="SamplingOptions"/>.</summary>
    public static SamplingOptions Of(GgufMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        SamplingOptions options = new();
        if (Number("temp", 0, 100) is { } temperature)
            options.Temperature = temperature;
        if (Number("top_p", 0, 1) is { } topP)
            options.TopP = topP;
        if (Number("min_p", 0, 1) is { } minP)
            options.MinP = minP;
        if (Number("penalty_repeat", 0.01f, 100) is { } penalty)
            options.RepetitionPenalty = penalty;
        if (Whole("top_k") is { } topK)
            options.TopK = (int)Math.Min(topK, int.MaxValue);
        if (Whole("penalty_last_n") is { } window and <= 1 << 24)
            options.RepetitionWindow = (int)window;
        return options;

        float? Number(string key, float least, float most) =>
            metadata.TryGetFloat($"general.sampling.{key}", out float value) && value >= least && value <= most ? value : null;

        long? Whole(string key) => metadata.TryGetLong($"general.sampling.{key}", out long value) && value >= 0 ? value : null;
    }
}
