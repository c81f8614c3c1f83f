using Spud;

namespace TemplateSpace;

/// <summary>The plugin: one public class that registers what the manifest lists.</summary>
public sealed class BestRouterPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddRouter(
        "best",
        BestRouterJson.Default.BestRouterOptions,
        new Offer { Knows = [Trait.Renormalise, Trait.GateBias], RowInvariant = true },
        static (options, build) => new BestRouter(options, build));
}
