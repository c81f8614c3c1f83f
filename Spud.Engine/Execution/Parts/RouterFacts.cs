using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Execution;

/// <summary>
/// Properties of a router's plans, queried once when it is built: buffers are sized and budgets are computed from these numbers, so a
/// router that changes them later is held to the original ones.
/// </summary>
/// <param name="MaxExperts">K: maximum experts per row in any layer.</param>
/// <param name="ExpectedExperts">Average experts per row over the layers; null if not known.</param>
internal sealed record RouterFacts(int MaxExperts, double? ExpectedExperts)
{
    private readonly Dictionary<int, int> _maxExperts = [];

    /// <summary>K of a layer that the router serves.</summary>
    public int MaxExpertsIn(int layer) => _maxExperts[layer];

    /// <summary>Queries a router.</summary>
    /// <param name="registered">The router's registration, for messages.</param>
    /// <param name="router">The router, just built.</param>
    /// <param name="model">The model.</param>
    /// <param name="layers">Layers that it serves.</param>
    /// <exception cref="CompositionException">It threw, or a number is invalid.</exception>
    public static RouterFacts Of(RegisteredComponent registered, IRouter router, ModelDescription model, ImmutableArray<int> layers)
    {
        int most = registered.Ask(nameof(router.MaxExpertsPerRow), () => router.MaxExpertsPerRow);
        Require(registered, nameof(router.MaxExpertsPerRow), most, layers.Max(layer => model.Layers[layer].Experts));
        RouterFacts facts = new(most, registered.Ask(nameof(router.ExpectedExperts), () => layers.Average(layer => (double?)router.ExpectedExperts(layer))));
        foreach (int layer in layers)
        {
            facts._maxExperts[layer] = most;
            if (router is not IPerLayerRouter perLayer)
                continue;

            int here = facts._maxExperts[layer] = registered.Ask(nameof(perLayer.MaxExpertsIn), () => perLayer.MaxExpertsIn(layer));
            Require(registered, $"{nameof(perLayer.MaxExpertsIn)}({layer})", here, Math.Min(most, model.Layers[layer].Experts));
        }

        return facts;
    }

    private static void Require(RegisteredComponent registered, string member, int got, int limit)
    {
        if (got < 1 || got > limit)
            throw new CompositionException($"{registered.Role} '{registered.FullName}': {member} is {got}, expected 1 to {limit}. This is a fault of the plugin.");
    }
}
