namespace Router.Hierarchical.Tests;

/// <summary>Pools of one text in one layer, in double precision, from the definition in docs/routing.md.</summary>
/// <param name="size">P.</param>
/// <param name="minMass">Share of the sums that a pool must hold.</param>
/// <param name="halfLife">In tokens.</param>
internal sealed class PoolOracle(int size, double minMass, double halfLife)
{
    private readonly List<double[]> _rows = [];
    private int[]? _pool;

    /// <summary>Experts that the next row may use, ascending; and how near the last pool was to being another one, relative to the sums.</summary>
    public (int[] Experts, double Margin) Next(int experts)
    {
        int tokens = _rows.Count;
        double margin = 1;
        if (size < experts && tokens >= 64 && (tokens - 64) % 256 == 0)
        {
            double[] sums = [.. Enumerable.Range(0, experts).Select(expert => _rows.Select((row, i) => row[expert] * Math.Pow(2, -(tokens - 1 - i) / halfLife)).Sum())];
            int[] order = [.. Enumerable.Range(0, experts).OrderByDescending(expert => sums[expert]).ThenBy(expert => expert)];
            double held = order.Take(size).Sum(expert => sums[expert]) / sums.Sum();
            margin = Math.Min(Math.Abs(held - minMass), 1 - sums[order[size]] / sums[order[size - 1]]);
            _pool = held < minMass ? null : [.. order.Take(size).Order()];
        }

        return (_pool ?? [.. Enumerable.Range(0, experts)], margin);
    }

    /// <summary>The next row's probabilities over all experts.</summary>
    public void Add(double[] probabilities) => _rows.Add(probabilities);
}
