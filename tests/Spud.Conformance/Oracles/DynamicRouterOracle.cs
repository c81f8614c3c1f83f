using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Oracles;

/// <summary>Routing by mass, of one row in double precision from the definition.</summary>
/// <param name="model">The layer.</param>
/// <param name="build">Holds the weights that the component took.</param>
public sealed class DynamicRouterOracle(TestModel model, TestBuild build)
{
    private readonly RouterOracle _router = new(model, build);

    /// <summary>Fewest experts.</summary>
    public required int Least { get; init; }

    /// <summary>M.</summary>
    public required int Most { get; init; }

    /// <summary>Share of the mass of the M best.</summary>
    public required double Threshold { get; init; }

    /// <summary>Of the mass.</summary>
    public required double Temperature { get; init; }

    /// <summary>Chosen experts, most probable first, with their multipliers, and how near the nearest share came to the threshold.</summary>
    public (IReadOnlyList<(int Expert, double Weight)> Chosen, double Margin) Route(double[] input, double effort)
    {
        // All experts: renormalised or not, these are the probabilities.
        double[] masses = [.. _router.Route(input, model.Experts).Take(Most).Select(entry => Math.Pow(entry.Weight, 1 / Temperature))];
        double[] shares = [.. Enumerable.Range(1, Most).Select(n => masses.Take(n).Sum() / masses.Sum())];
        double wanted = Threshold * effort;
        int count = wanted >= 1 ? Most : Enumerable.Range(1, Most).First(n => n >= Least && (n == Most || shares[n - 1] >= wanted));
        double margin = shares.SkipLast(1).Select(share => Math.Abs(share - wanted)).DefaultIfEmpty(1).Min();
        return (_router.Route(input, count), margin);
    }
}
