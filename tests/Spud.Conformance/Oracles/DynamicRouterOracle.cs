namespace Spud.Conformance.Oracles;

/// <summary>Routing by mass of one row, in double precision, from the definition in docs/routing.md.</summary>
public sealed record DynamicRouterOracle
{
    /// <summary>Fewest experts.</summary>
    public required int Least { get; init; }

    /// <summary>M.</summary>
    public required int Most { get; init; }

    /// <summary>Share of the mass of the M best.</summary>
    public required double Threshold { get; init; }

    /// <summary>Of the mass.</summary>
    public required double Temperature { get; init; }

    /// <summary>Whether the weights of a row sum to 1.</summary>
    public required bool Renormalises { get; init; }

    /// <summary>
    /// Chosen experts, most probable first, with their multipliers; and how near the decision was: the least distance of a share from the
    /// threshold, or of a chosen probability from the next one, relative to it.
    /// </summary>
    public (IReadOnlyList<(int Expert, double Weight)> Chosen, double Margin) Route(double[] probabilities, double effort)
    {
        double[] sorted = [.. probabilities.OrderDescending()];
        double[] masses = [.. sorted.Take(Most).Select(probability => Math.Pow(probability, 1 / Temperature))];
        double[] shares = [.. Enumerable.Range(1, Most).Select(n => masses.Take(n).Sum() / masses.Sum())];
        double wanted = Threshold * effort;
        int count = wanted >= 1 ? Most : Enumerable.Range(Least, Most - Least + 1).First(n => n == Most || shares[n - 1] >= wanted);
        IEnumerable<double> distances = wanted >= 1 ? [] : shares.SkipLast(1).Select(share => Math.Abs(share - wanted));
        IEnumerable<double> gaps = sorted.Take(count).Zip(sorted.Skip(1), (better, next) => (better - next) / better);
        return (RouterOracle.Choose(probabilities, count, Renormalises), distances.Concat(gaps).DefaultIfEmpty(1).Min());
    }
}
