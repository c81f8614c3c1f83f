using System.Collections.Immutable;
using Spud.Sampling;
using Spud.Text.Tokenization;

namespace Spud.Server.Generation;

/// <summary>Log-probabilities as chat answers have them.</summary>
/// <param name="Content">One entry per token.</param>
internal sealed record TokenLogprobs(ImmutableArray<TokenLogprob> Content)
{
    /// <summary>Always null: nothing is refused.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)]
    public ImmutableArray<TokenLogprob>? Refusal => null;

    /// <summary>The log-probabilities of some tokens.</summary>
    /// <param name="tokens">One per token.</param>
    /// <param name="top">Number of alternatives to show.</param>
    /// <param name="tokenizer">The model's.</param>
    public static TokenLogprobs Of(IEnumerable<LogProbabilities> tokens, int top, Tokenizer tokenizer) =>
        new([.. tokens.Select(token => TokenLogprob.Of(token.Chosen, tokenizer) with { TopLogprobs = Top(token, top, tokenizer) })]);

    private static ImmutableArray<TokenLogprob> Top(LogProbabilities token, int count, Tokenizer tokenizer)
    {
        ImmutableArray<TokenLogprob>.Builder top = ImmutableArray.CreateBuilder<TokenLogprob>(count);
        foreach (TokenLogProbability candidate in token.Top[..Math.Min(count, token.Top.Length)])
            top.Add(TokenLogprob.Of(candidate, tokenizer));

        return top.ToImmutable();
    }
}

/// <summary>A token and its log-probability.</summary>
/// <param name="Token">Its text.</param>
/// <param name="Logprob">At most 0; JSON has no infinity, so -9999 stands for it, as in OpenAI's API.</param>
/// <param name="Bytes">Its bytes, which may be part of a character.</param>
internal sealed record TokenLogprob(string Token, double Logprob, ImmutableArray<int> Bytes)
{
    private const double Least = -9999;

    /// <summary>The most likely tokens; null where it is one of them itself.</summary>
    public ImmutableArray<TokenLogprob>? TopLogprobs { get; init; }

    /// <summary>The entry of a token, without alternatives.</summary>
    public static TokenLogprob Of(in TokenLogProbability token, Tokenizer tokenizer) =>
        new(tokenizer.TextOf(token.TokenId), Math.Max(Least, token.LogProbability), [.. tokenizer.BytesOf(token.TokenId, renderSpecial: true).ToArray().Select(static value => (int)value)]);
}
