namespace Spud.Training.Model.Selection;

/// <summary>Given pools, for the rows of each text from a position on; rows before it choose among all experts.</summary>
/// <param name="shape">Shape of the model.</param>
/// <param name="from">Position.</param>
internal sealed class GivenPools(ModelShape shape, int from) : IExpertSelection
{
    /// <summary>[text, E]; null if there are none.</summary>
    public bool[]? Pools { get; set; }

    /// <summary>[text][E]: the mean probabilities of the rows before the position in the last pass.</summary>
    public float[][] Favoured { get; private set; } = [];

    public void Begin(ReadOnlySpan<float> probabilities, int? trainingStep)
    {
        int text = shape.Tokens * shape.Experts;
        Favoured = new float[probabilities.Length / text][];
        for (int i = 0; i < Favoured.Length; i++)
            Favoured[i] = PoolSelection.Sums(probabilities.Slice(i * text, from * shape.Experts), shape.Experts);
    }

    public int Choose(int row, ReadOnlySpan<float> probabilities, Span<int> chosen)
    {
        bool isPooled = Pools is not null && row % shape.Tokens >= from;
        Ranking.Largest(probabilities, chosen, isPooled ? Pools.AsSpan(row / shape.Tokens * shape.Experts, shape.Experts) : default);
        return chosen.Length;
    }

    public void Learn(ReadOnlySpan<float> probabilities)
    {
    }
}
