namespace Spud.Training.Model.Selection;

/// <summary>
/// In training, all rows of a text choose among the experts that the text's mean probabilities favour; their number is drawn for each text,
/// from twice as many as a row uses to all. In inference, rows choose among all experts.
/// </summary>
internal sealed class PoolSelection(ModelShape shape, ulong seed) : IExpertSelection
{
    private bool[] _pools = [];

    public void Begin(ReadOnlySpan<float> probabilities, int? trainingStep)
    {
        int experts = shape.Experts, texts = probabilities.Length / experts / shape.Tokens;
        _pools = trainingStep is null ? [] : new bool[texts * experts];
        Span<int> room = stackalloc int[experts];
        for (int text = 0; text < texts && trainingStep is { } step; text++)
        {
            int least = Math.Min(2 * shape.ExpertsUsed, experts), size = least + Ranking.Draw(seed, step, text).NextBelow(experts - least + 1);
            Span<int> favoured = room[..size];
            Ranking.Largest(Sums(probabilities.Slice(text * shape.Tokens * experts, shape.Tokens * experts), experts), favoured);
            foreach (int expert in favoured)
                _pools[text * experts + expert] = true;
        }
    }

    public int Choose(int row, ReadOnlySpan<float> probabilities, Span<int> chosen)
    {
        Ranking.Largest(probabilities, chosen, _pools.Length == 0 ? default : _pools.AsSpan(row / shape.Tokens * shape.Experts, shape.Experts));
        return chosen.Length;
    }

    public void Learn(ReadOnlySpan<float> probabilities)
    {
    }

    /// <summary>Means of the rows' probabilities: [E].</summary>
    public static float[] Sums(ReadOnlySpan<float> rows, int experts)
    {
        double[] sums = new double[experts];
        for (int i = 0; i < rows.Length; i++)
            sums[i % experts] += rows[i];

        return Array.ConvertAll(sums, static sum => (float)sum);
    }
}
