namespace Spud.Evaluation.Comparison;

/// <summary>
/// Counts of divergences by size, in classes that are 0.27 % wide (256 for every doubling), so that a percentile of any number of values
/// takes bounded memory and can be kept in a file.
/// </summary>
public sealed class DivergenceHistogram
{
    private const int ClassesPerDoubling = 256;

    /// <summary>Counts by class; the class of values that are not above 0 is <see cref="int.MinValue"/>.</summary>
    public SortedDictionary<int, long> Counts { get; init; } = [];

    internal void Add(double value)
    {
        int index = value > 0 ? (int)Math.Floor(Math.Log2(value) * ClassesPerDoubling) : int.MinValue;
        Counts[index] = Counts.GetValueOrDefault(index) + 1;
    }

    internal void Add(DivergenceHistogram other)
    {
        foreach ((int index, long count) in other.Counts)
            Counts[index] = Counts.GetValueOrDefault(index) + count;
    }

    /// <summary>A quantile by nearest rank: the middle of its class.</summary>
    internal double Percentile(double fraction)
    {
        long rank = (long)Math.Ceiling(fraction * Counts.Values.Sum());
        foreach ((int index, long count) in Counts)
        {
            rank -= count;
            if (rank <= 0)
                return index == int.MinValue ? 0 : Math.Pow(2, (index + 0.5) / ClassesPerDoubling);
        }

        return 0;
    }
}
