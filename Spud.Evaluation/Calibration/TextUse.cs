using Spud.Numerics;

namespace Spud.Evaluation.Calibration;

/// <summary>Tracks texts through one layer as router 'hierarchical' does: the decayed sums of all experts' probabilities, and the pool.</summary>
/// <param name="experts">E.</param>
/// <param name="rule">Rule of the pools.</param>
internal sealed class TextUse(int experts, PoolRule rule)
{
    private readonly double[] _sums = new double[experts];
    private readonly ulong[] _pool = new ulong[ExpertPool.Words(experts)];
    private readonly double _decay = ExpertPool.Decay(rule.HalfLife);
    private readonly List<TextShares> _texts = [];

    /// <summary>Records of every text that was begun.</summary>
    public IReadOnlyList<TextShares> Texts => _texts;

    /// <summary>Adds the next row of a text, and restricts it to the experts of the pool.</summary>
    /// <param name="position">0 begins another text.</param>
    /// <param name="probabilities">[E]: of all experts.</param>
    /// <param name="isPooled">Whether texts have pools.</param>
    public void Take(int position, Span<float> probabilities, bool isPooled)
    {
        if (position == 0)
            Begin();
        if (ExpertPool.BeginsAt(position) && isPooled && rule.Size < experts)
            ExpertPool.Choose(_sums, rule.Size, rule.MinMass, _pool);

        ExpertPool.Add(_sums, probabilities, _decay);
        // The sums are known only at boundaries.
        if ((position + 1) % ExpertPool.FirstTokens == 0)
            _texts[^1].Add(position + 1, _sums);
        if (!ExpertPool.IsNone(_pool))
            ExpertPool.Restrict(_pool, probabilities);
    }

    /// <summary>Discards all texts.</summary>
    public void Clear() => _texts.Clear();

    private void Begin()
    {
        Array.Clear(_sums);
        Array.Clear(_pool);
        _texts.Add(new());
    }
}

/// <summary>The sums of a text in one layer after 64 tokens, after 128, and at its last boundary.</summary>
internal sealed class TextShares
{
    /// <summary>Null if the text is shorter.</summary>
    public double[]? First { get; private set; }

    public double[]? Second { get; private set; }

    public double[]? Last { get; private set; }

    public void Add(int tokens, ReadOnlySpan<double> sums)
    {
        Last = sums.ToArray();
        if (tokens == ExpertPool.FirstTokens)
            First = Last;
        if (tokens == 2 * ExpertPool.FirstTokens)
            Second = Last;
    }
}
