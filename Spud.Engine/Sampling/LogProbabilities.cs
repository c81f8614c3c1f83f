namespace Spud.Sampling;

/// <summary>A token and the natural logarithm of its probability.</summary>
/// <param name="TokenId">The token.</param>
/// <param name="LogProbability">At most 0; negative infinity for a token excluded by the model.</param>
public readonly record struct TokenLogProbability(int TokenId, double LogProbability);

/// <summary>
/// Log-probabilities of one sampled token under the model's own distribution: of the raw logits, before bias, penalties, filters and
/// temperature. Log-sum-exp in double. Belongs to its <see cref="Sampler"/> and is overwritten by the next token.
/// </summary>
public sealed class LogProbabilities
{
    private readonly ulong[] _keys;
    private readonly TokenLogProbability[] _top;

    internal LogProbabilities(int count)
    {
        _keys = new ulong[count];
        _top = new TokenLogProbability[count];
    }

    /// <summary>The chosen token.</summary>
    public TokenLogProbability Chosen { get; private set; }

    /// <summary>The most likely tokens, best first, equal ones by id; may or may not include the chosen one.</summary>
    public ReadOnlySpan<TokenLogProbability> Top => _top;

    /// <summary>A copy that the next token does not overwrite.</summary>
    internal LogProbabilities Copy()
    {
        LogProbabilities copy = new(_top.Length) { Chosen = Chosen };
        _top.CopyTo(copy._top, 0);
        return copy;
    }

    internal void Compute(ReadOnlySpan<float> logits, int chosen)
    {
        Selection.ArgMax(logits, out float max);
        double logSum = Math.Log(PortableExp.Sum(logits, max)); // of exp(logit - max): adding max to it would lose digits
        Selection.Best(logits, _keys);
        _keys.AsSpan().Sort();
        for (int i = 0; i < _top.Length; i++)
        {
            ulong key = _keys[^(i + 1)];
            _top[i] = new TokenLogProbability(Candidate.Id(key), (double)Candidate.Logit(key) - max - logSum);
        }
        Chosen = new TokenLogProbability(chosen, (double)logits[chosen] - max - logSum);
    }
}
