using Router.Shared;
using Spud;

namespace Router.Dynamic;

/// <summary>The fewest of a row's best experts that hold a given share of their mass, see <see cref="RowRouting"/>.</summary>
internal sealed class DynamicRouter(DynamicRouterOptions options, IBuildContext build) : IPerLayerRouter
{
    private readonly RowRouting _routing = new(build, LayerRules.Of(options, build));

    public IMemoryDomain Domain => build.Host;

    public int MaxExpertsPerRow => _routing.MaxExpertsPerRow;

    public int MaxExpertsIn(int layer) => _routing[layer].Most;

    public float? ExpectedExperts(int layer) => _routing[layer].Expected;

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan) => _routing.Route(layer, step, hidden, default(AnyExpert), plan);

    public void Dispose()
    {
        // Everything was allocated through the build context, which frees it.
    }
}
