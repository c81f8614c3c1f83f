using Spud.Sampling;

namespace Spud.Host;

/// <summary>
/// Sampling as given by the user; null for what the model file recommends, or neutral. The embedded model is greedy, so that everybody
/// gets the same first answer.
/// </summary>
internal sealed record SamplingChoice
{
    public float? Temperature { get; init; }

    public int? TopK { get; init; }

    public float? TopP { get; init; }

    public float? MinP { get; init; }

    public float? RepetitionPenalty { get; init; }

    public ulong? Seed { get; init; }

    /// <summary>Sampling for a model.</summary>
    public SamplingOptions For(LanguageModel model)
    {
        SamplingOptions usual = Chat.IsEmbedded(model) ? new() { Temperature = 0 } : model.RecommendedSampling;
        return usual with
        {
            Temperature = Temperature ?? usual.Temperature,
            TopK = TopK ?? usual.TopK,
            TopP = TopP ?? usual.TopP,
            MinP = MinP ?? usual.MinP,
            RepetitionPenalty = RepetitionPenalty ?? usual.RepetitionPenalty,
            Seed = Seed,
        };
    }
}
