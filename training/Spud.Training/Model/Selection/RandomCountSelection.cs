namespace Spud.Training.Model.Selection;

/// <summary>The best k of every row; in training, k is drawn for each text from 1 to a maximum; in inference it is K.</summary>
internal sealed class RandomCountSelection(ModelShape shape, int most, ulong seed) : IExpertSelection
{
    private int? _step;

    public void Begin(ReadOnlySpan<float> probabilities, int? trainingStep) => _step = trainingStep;

    public int Choose(int row, ReadOnlySpan<float> probabilities, Span<int> chosen)
    {
        int count = _step is { } step ? 1 + Ranking.Draw(seed, step, row / shape.Tokens).NextBelow(most) : shape.ExpertsUsed;
        Ranking.Largest(probabilities, chosen[..count]);
        return count;
    }

    public void Learn(ReadOnlySpan<float> probabilities)
    {
    }
}
