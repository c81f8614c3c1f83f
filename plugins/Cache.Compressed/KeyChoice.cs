using Spud;

namespace Cache.Compressed;

/// <summary>Chooses the keys to keep within a layer's budget.</summary>
internal sealed class KeyChoice
{
    private readonly CompressedCacheOptions _options;
    private readonly float[] _order;
    private readonly float[][] _scores;

    /// <param name="options">Sinks, window, reach and floor.</param>
    /// <param name="heads">The largest G.</param>
    /// <param name="context">Maximum length of a text, in tokens.</param>
    public KeyChoice(CompressedCacheOptions options, int heads, int context)
    {
        _options = options;
        _order = new float[heads * context];
        _scores = [.. Enumerable.Range(0, heads).Select(_ => new float[context])];
    }

    /// <summary>Whether the choosing heads may keep more than their budget.</summary>
    public bool MustDrop(LayerRule rule, IHistory history)
    {
        long keys = 0;
        for (int head = 0; head < rule.Tables; head++)
            keys += rule.Streams(head) ? 0 : KeysOf(rule, history, head);

        // Sinks and protected tokens may all be in one shard.
        return keys > (history.Shards == 1 ? rule.BudgetAt(history.Tokens) : ChosenOf(rule, history) * rule.Choosing / history.Shards);
    }

    /// <summary>Drops the middle keys with the smallest key mass.</summary>
    /// <param name="rule">The layer's.</param>
    /// <param name="history">A history with more keys than the budget.</param>
    /// <param name="mass">F32 [G, ContextTokens].</param>
    public void Drop(LayerRule rule, IHistory history, in TensorView mass)
    {
        // Each shard gets an equal part of the budget that sinks and protected tokens leave.
        int chosen = ChosenOf(rule, history), count = 0;
        for (int head = 0; head < rule.Tables; head++)
        {
            if (!rule.Streams(head))
                count += Score(rule, history, head, mass.At(head).AsSpan<float>()[..history.Tokens], (int)(_options.Floor * chosen / history.Shards), count);
        }

        float least = SmallestOf(_order.AsSpan(0, count), chosen * rule.Choosing / history.Shards);
        for (int head = 0; head < rule.Tables; head++)
        {
            if (!rule.Streams(head))
                DropBelow(rule, history, head, least);
        }
    }

    /// <summary>Middle keys that a head keeps on average.</summary>
    private int ChosenOf(LayerRule rule, IHistory history) => rule.BudgetAt(history.Tokens) / rule.Choosing - Math.Min(history.Tokens, _options.Sinks + _options.Protected);

    /// <summary>The smallest of the n largest values; if not all values equal to it fit, the next larger one.</summary>
    private static float SmallestOf(Span<float> scores, int n)
    {
        if (scores.Length <= n)
            return float.NegativeInfinity;
        if (n == 0)
            return float.PositiveInfinity;

        scores.Sort();
        int rank = scores.Length - n;
        return scores[rank - 1] == scores[rank] ? MathF.BitIncrement(scores[rank]) : scores[rank];
    }

    private static int KeysOf(LayerRule rule, IHistory history, int head)
    {
        int keys = 0;
        for (int pool = 0; pool < (rule.Encodes ? 2 : 1); pool++)
        {
            foreach (ref readonly KeyRun run in history.RunsOf(pool, head))
                keys += run.Keys;
        }

        return keys;
    }

    /// <summary>Scores the middle keys of a head; the best ones, as many as every head is guaranteed, score above all others.</summary>
    /// <returns>Number of keys; their scores are appended, in order, to those of other heads.</returns>
    private int Score(LayerRule rule, IHistory history, int head, ReadOnlySpan<float> mass, int certain, int first)
    {
        int end = first;
        Span<float> scores = _scores[head];
        for (int pool = 0; pool < (rule.Encodes ? 2 : 1); pool++)
        {
            foreach (ref readonly KeyRun run in history.RunsOf(pool, head))
            {
                foreach (int position in history.PositionsOf(pool, run))
                {
                    if (IsMiddle(position, history.Tokens))
                        _order[end++] = scores[position] = Shared(mass, position);
                }
            }
        }

        Span<float> own = _order.AsSpan(first, end - first);
        float least = certain == 0 ? float.PositiveInfinity : SmallestOf(own, certain);
        own.Sort();
        int above = own.Length;
        while (above > 0 && own[above - 1] >= least)
            own[--above] = float.MaxValue;

        for (int position = 0; position < history.Tokens; position++)
        {
            if (scores[position] >= least)
                scores[position] = float.MaxValue;
        }

        return end - first;
    }

    private void DropBelow(LayerRule rule, IHistory history, int head, float least)
    {
        ReadOnlySpan<float> scores = _scores[head];
        for (int pool = 0; pool < (rule.Encodes ? 2 : 1); pool++)
        {
            ReadOnlySpan<KeyRun> runs = history.RunsOf(pool, head);
            for (int run = 0; run < runs.Length; run++)
            {
                ReadOnlySpan<int> positions = history.PositionsOf(pool, runs[run]);
                for (int first = 0, end; first < positions.Length; first = end + 1)
                {
                    end = first;
                    while (end < positions.Length && IsMiddle(positions[end], history.Tokens) && scores[positions[end]] < least)
                        end++;

                    if (end > first)
                        history.Drop(pool, head, run, first, end - first);
                }
            }
        }
    }

    private bool IsMiddle(int position, int tokens) => position >= _options.Sinks && position < tokens - _options.Protected;

    // A key is as important as its neighbours, so that words are kept whole.
    private float Shared(ReadOnlySpan<float> mass, int position)
    {
        float most = 0;
        for (int near = Math.Max(0, position - _options.Reach); near <= Math.Min(mass.Length - 1, position + _options.Reach); near++)
            most = MathF.Max(most, mass[near]);

        return most;
    }
}
