using Spud;

namespace Router.Hierarchical;

/// <summary>A router that first decides which experts a text may use, by its content, and then how many of them each token gets.</summary>
public sealed class HierarchicalRouterPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddRouter(
        "hierarchical",
        HierarchicalJson.Default.HierarchicalRouterOptions,
        new Offer { Knows = [Trait.Renormalise, Trait.GateBias], RowInvariant = true },
        static (options, build) => new HierarchicalRouter(options, build));
}
