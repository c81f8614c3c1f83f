using Spud;

namespace Router.Dynamic;

/// <summary>A router that gives easy tokens fewer experts than hard ones, and all tokens fewer at low effort.</summary>
public sealed class DynamicRouterPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddRouter(
        "dynamic",
        DynamicJson.Default.DynamicRouterOptions,
        new Offer { Knows = [Trait.Renormalise, Trait.GateBias], RowInvariant = true },
        static (options, build) => new DynamicRouter(options, build));
}
