namespace Spud.Sampling;

/// <summary>
/// How the next token is chosen from the logits. The defaults of the filters and of the temperature are llama.cpp's (common/common.h).
/// The values are copied and validated when a <see cref="Sampler"/> is created; later changes do not affect it.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits before the draw. 0 to 100; 0 chooses the most likely token (greedy). Default 0.8.</summary>
    public float Temperature { get; set; } = 0.8f;

    /// <summary>Keeps this many of the most likely tokens. 0 or more; 0 switches it off. Default 40.</summary>
    public int TopK { get; set; } = 40;

    /// <summary>Keeps the smallest set of most likely tokens whose probabilities sum to at least this (nucleus sampling). 0 to 1; 0 keeps one token, 1 switches it off. Default 0.95.</summary>
    public float TopP { get; set; } = 0.95f;

    /// <summary>Keeps tokens whose probability is at least this fraction of the most likely token's. 0 to 1; 0 switches it off. Default 0.05.</summary>
    public float MinP { get; set; } = 0.05f;

    /// <summary>
    /// A positive logit of a token in the window is divided by this, any other is multiplied by it. 0.01 to 100; 1 switches it off, less than
    /// 1 rewards repetition. Default 1. Source: Keskar et al., "CTRL" (arXiv 1909.05858), which only divides; the multiplication for
    /// negative logits is llama.cpp's correction.
    /// </summary>
    public float RepetitionPenalty { get; set; } = 1;

    /// <summary>
    /// Number of last accepted tokens considered by all three penalties, as in llama.cpp (OpenAI's API considers the whole text).
    /// 0 to 16,777,216; 0 switches the penalties off. Default 64.
    /// </summary>
    public int RepetitionWindow { get; set; } = 64;

    /// <summary>Subtracted once from the logit of every token in the window. -100 to 100; 0 switches it off. Default 0. Source: OpenAI's API reference, presence_penalty.</summary>
    public float PresencePenalty { get; set; }

    /// <summary>Subtracted from a token's logit for each of its occurrences in the window. -100 to 100; 0 switches it off. Default 0. Source: OpenAI's API reference, frequency_penalty.</summary>
    public float FrequencyPenalty { get; set; }

    /// <summary>Added to the logits of these token ids, before anything else. -1,000 to 1,000, or negative infinity, which bans the token. Default none.</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; set; }

    /// <summary>Random seed; the same seed and logits give the same tokens. Any value; null for a random one of 53 bits. Default null.</summary>
    public ulong? Seed { get; set; }

    /// <summary>Reports log-probabilities of the chosen token, and of this many of the most likely ones. 0 to 1,000; 0 switches it off. Default 0.</summary>
    public int LogProbabilities { get; set; }

    internal bool Penalises => RepetitionWindow > 0 && (RepetitionPenalty != 1 || PresencePenalty != 0 || FrequencyPenalty != 0);

    /// <summary>Validates all values that do not depend on the model.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message states option, value and range.</exception>
    public void Validate()
    {
        Require(nameof(Temperature), Temperature, 0, 100, "0 is greedy");
        Require(nameof(TopK), TopK, 0, int.MaxValue, "0 is off");
        Require(nameof(TopP), TopP, 0, 1, "1 is off");
        Require(nameof(MinP), MinP, 0, 1, "0 is off");
        Require(nameof(RepetitionPenalty), RepetitionPenalty, 0.01f, 100, "1 is off");
        Require(nameof(RepetitionWindow), RepetitionWindow, 0, 1 << 24, "0 is off");
        Require(nameof(PresencePenalty), PresencePenalty, -100, 100, "0 is off");
        Require(nameof(FrequencyPenalty), FrequencyPenalty, -100, 100, "0 is off");
        Require(nameof(LogProbabilities), LogProbabilities, 0, 1000, "0 is off");
        foreach ((int id, float bias) in LogitBias ?? new Dictionary<int, float>())
        {
            if (!float.IsNegativeInfinity(bias))
            {
                Require($"{nameof(LogitBias)}[{id}]", bias, -1000, 1000, "or negative infinity, which bans the token");
            }
        }
    }

    /// <summary>Also validates what depends on the vocabulary size.</summary>
    internal void Validate(int vocabularySize)
    {
        Validate();
        foreach (int id in LogitBias?.Keys ?? [])
        {
            if ((uint)id >= (uint)vocabularySize)
            {
                throw new ArgumentException($"LogitBias: token id {id} is out of range: 0 to {vocabularySize - 1}, the model's vocabulary.");
            }
        }
    }

    private static void Require<T>(string option, T value, T least, T most, string remark)
        where T : struct, IComparable<T>
    {
        // NaN compares less than everything.
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            string bounds = most is int.MaxValue ? $"{least} or more" : $"{least} to {most}";
            throw new ArgumentException($"{option}: {value} is out of range: {bounds} ({remark}).");
        }
    }
}
