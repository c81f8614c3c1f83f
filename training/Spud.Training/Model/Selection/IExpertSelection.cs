namespace Spud.Training.Model.Selection;

/// <summary>Chooses the experts of rows by their probabilities.</summary>
internal interface IExpertSelection
{
    /// <summary>Called before the rows of a pass are chosen.</summary>
    /// <param name="probabilities">[N, E].</param>
    /// <param name="trainingStep">The step, counted from 0; null for inference.</param>
    void Begin(ReadOnlySpan<float> probabilities, int? trainingStep);

    /// <summary>The experts of a row, the most probable first.</summary>
    /// <param name="row">Row of the pass.</param>
    /// <param name="probabilities">[E].</param>
    /// <param name="chosen">Written; its length is the maximum.</param>
    /// <returns>Number of experts, at least 1.</returns>
    int Choose(int row, ReadOnlySpan<float> probabilities, Span<int> chosen);

    /// <summary>Called after the rows of a training pass were chosen.</summary>
    /// <param name="probabilities">[N, E].</param>
    void Learn(ReadOnlySpan<float> probabilities);
}

/// <summary>Helpers for selection rules.</summary>
internal static class Ranking
{
    /// <summary>The largest values, descending; on ties the lower index first.</summary>
    /// <param name="values">[E].</param>
    /// <param name="chosen">Written.</param>
    /// <param name="among">[E]: the allowed ones, at least as many as are chosen; empty for all.</param>
    public static void Largest(ReadOnlySpan<float> values, Span<int> chosen, ReadOnlySpan<bool> among = default)
    {
        int found = 0;
        for (int e = 0; e < values.Length; e++)
        {
            if ((!among.IsEmpty && !among[e]) || (found == chosen.Length && !(values[e] > values[chosen[^1]])))
                continue;

            int at = found < chosen.Length ? found++ : chosen.Length - 1;
            for (; at > 0 && values[e] > values[chosen[at - 1]]; at--)
                chosen[at] = chosen[at - 1];
            chosen[at] = e;
        }
    }

    /// <summary>Random numbers for a text in a training step, independent of earlier draws, so that a resumed run follows the same curve.</summary>
    public static Data.SplitMix Draw(ulong seed, int step, int text) => new((seed * 1_000_003 + (ulong)step) * 1_000_003 + (ulong)text);
}
