namespace Drafter.Model;

/// <summary>
/// The most likely tokens of a distribution, and their probabilities among each other: p_i = exp((l_i - l_max) / temperature) / sum. Nothing is allocated.
/// </summary>
internal sealed class TopTokens
{
    /// <summary>Maximum number of tokens.</summary>
    public const int MaxCount = 16;

    private readonly int[] _ids = new int[MaxCount];
    private readonly float[] _values = new float[MaxCount];
    private int _count;

    /// <summary>The most likely token; of several the one with the lowest id.</summary>
    public int Best { get; private set; }

    /// <summary>Its probability.</summary>
    public float MaxProbability { get; private set; }

    /// <summary>Ids in ascending order.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, _count);

    /// <summary>For each of them, above 0; together 1.</summary>
    public ReadOnlySpan<float> Probabilities => _values.AsSpan(0, _count);

    /// <summary>Takes the tokens with the highest logits.</summary>
    /// <param name="logits">F32 [V].</param>
    /// <param name="temperature">Above 0.</param>
    /// <returns>False if none of the logits is a number above minus infinity.</returns>
    public bool Take(ReadOnlySpan<float> logits, float temperature)
    {
        Select(logits);
        if (_count == 0 || float.IsPositiveInfinity(_values[0]))
            return false;

        (Best, float max) = (_ids[0], _values[0]);
        double sum = 0;
        for (int i = 0; i < _count; i++)
            sum += Math.Exp((_values[i] - max) / (double)temperature);

        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            float probability = (float)(Math.Exp((_values[i] - max) / (double)temperature) / sum);
            if (probability > 0)
                (_ids[kept], _values[kept++]) = (_ids[i], probability);
        }

        (_count, MaxProbability) = (kept, _values[0]);
        _ids.AsSpan(0, _count).Sort(_values.AsSpan(0, _count));
        return true;
    }

    /// <summary>The token that a random number draws.</summary>
    /// <param name="random">In [0, 1).</param>
    public int Draw(double random)
    {
        double sum = 0;
        for (int i = 0; i < _count - 1; i++)
        {
            if ((sum += _values[i]) > random)
                return _ids[i];
        }

        return _ids[_count - 1];
    }

    // By descending logit, equal ones by ascending id.
    private void Select(ReadOnlySpan<float> logits)
    {
        _count = 0;
        float least = float.NegativeInfinity;
        for (int id = 0; id < logits.Length; id++)
        {
            if (!(logits[id] > least))
                continue;

            int place = _count < MaxCount ? _count++ : MaxCount - 1;
            for (; place > 0 && _values[place - 1] < logits[id]; place--)
                (_ids[place], _values[place]) = (_ids[place - 1], _values[place - 1]);

            (_ids[place], _values[place]) = (id, logits[id]);
            if (_count == MaxCount)
                least = _values[MaxCount - 1];
        }
    }
}
