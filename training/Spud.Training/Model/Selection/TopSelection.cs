namespace Spud.Training.Model.Selection;

/// <summary>The best K of every row.</summary>
internal sealed class TopSelection : IExpertSelection
{
    public void Begin(ReadOnlySpan<float> probabilities, int? trainingStep)
    {
    }

    public int Choose(int row, ReadOnlySpan<float> probabilities, Span<int> chosen)
    {
        Ranking.Largest(probabilities, chosen);
        return chosen.Length;
    }

    public void Learn(ReadOnlySpan<float> probabilities)
    {
    }
}
