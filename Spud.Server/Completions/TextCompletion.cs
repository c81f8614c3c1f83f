using System.Text.Json.Serialization;
using Spud.Sampling;
using Spud.Server.Generation;
using Spud.Text.Tokenization;

namespace Spud.Server.Completions;

/// <summary>A whole answer, or a part of a streamed one.</summary>
/// <param name="Id">The answer's identifier.</param>
/// <param name="Created">When, in seconds since 1970.</param>
/// <param name="Model">The model.</param>
/// <param name="Choices">The texts.</param>
internal sealed record TextCompletion(string Id, long Created, string Model, TextChoice[] Choices)
{
    /// <summary>The kind of object.</summary>
    public string Object => "text_completion";

    /// <summary>What computed it.</summary>
    public string SystemFingerprint => Ids.Fingerprint;

    /// <summary>What it took; in a stream only in the last part, and only if it was asked for.</summary>
    public Usage? Usage { get; init; }
}

/// <summary>One text.</summary>
/// <param name="Index">Its place.</param>
/// <param name="Text">The text.</param>
internal sealed record TextChoice(int Index, string Text)
{
    /// <summary>Null if they were not asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public LegacyLogprobs? Logprobs { get; init; }

    /// <summary>Why it ended; null before its end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FinishReason { get; init; }
}

/// <summary>Log-probabilities as this endpoint has them, and no other.</summary>
/// <param name="Tokens">Texts of the tokens.</param>
/// <param name="TokenLogprobs">Their log-probabilities.</param>
/// <param name="TopLogprobs">The most likely tokens of each; null if none were asked for.</param>
/// <param name="TextOffset">Where the tokens begin.</param>
internal sealed record LegacyLogprobs(string[] Tokens, double[] TokenLogprobs, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Dictionary<string, double>[]? TopLogprobs, int[] TextOffset)
{
    /// <summary>The log-probabilities of some tokens.</summary>
    /// <param name="tokens">One per token.</param>
    /// <param name="top">Number of alternatives.</param>
    /// <param name="offset">Where the first begins.</param>
    /// <param name="tokenizer">The model's.</param>
    public static LegacyLogprobs Of(IReadOnlyList<LogProbabilities> tokens, int top, int offset, Tokenizer tokenizer)
    {
        TokenLogprob[] chosen = [.. tokens.Select(token => TokenLogprob.Of(token.Chosen, tokenizer))];
        int[] offsets = new int[chosen.Length];
        for (int i = 0; i < chosen.Length; i++)
            (offsets[i], offset) = (offset, offset + chosen[i].Token.Length);

        return new(
            [.. chosen.Select(static token => token.Token)],
            [.. chosen.Select(static token => token.Logprob)],
            top == 0 ? null : [.. tokens.Select(token => Top(token, top, tokenizer))],
            offsets);
    }

    // Several tokens may have the same text; the most likely one counts.
    private static Dictionary<string, double> Top(LogProbabilities token, int count, Tokenizer tokenizer)
    {
        Dictionary<string, double> top = new(StringComparer.Ordinal);
        foreach (TokenLogProbability candidate in token.Top[..Math.Min(count, token.Top.Length)])
        {
            TokenLogprob entry = TokenLogprob.Of(candidate, tokenizer);
            top.TryAdd(entry.Token, entry.Logprob);
        }

        return top;
    }
}
