using Spud;
using Spud.Conformance;

namespace Router.Hierarchical.Tests;

/// <summary>The conformance kit on the hierarchical router: by default it routes as the model was trained until a text has a pool.</summary>
public sealed class HierarchicalContract : PluginContract
{
    private const string Own = "a text uses its pool, and easy rows get fewer experts; HierarchicalRouterTests compare it with its own definition";

    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/router.hierarchical");

    protected override IEnumerable<Variant> Variants =>
    [
        new() { Role = "router", Component = "hierarchical", Options = """{"minMass":0,"halfLife":50,"threshold":0.7,"temperature":1.3}""", OwnRouting = Own },
        new() { Role = "router", Component = "hierarchical", Options = """{"minMass":0.1}""", OwnRouting = Own, Pack = Labels },
    ];

    private static TestPack Labels(ModelDescription model)
    {
        TestPack pack = new TestPack().Set("router.hierarchical.format", 1).Set("router.hierarchical.labels", 2).Set("router.hierarchical.label_scale", 0.01)
            .Set("router.hierarchical.label.0", "coding").Set("router.hierarchical.label.1", "prose").Add("label_radii", [1, 1, 1, 1], 2, 2);
        foreach ((int layer, LayerDescription of) in model.Layers.Index())
        {
            if (of.Experts > 1)
                pack.Add($"blk.{layer}.label_centroids", [.. Enumerable.Repeat(1f / of.Experts, 2 * of.Experts)], 2, of.Experts);
        }

        return pack;
    }
}
