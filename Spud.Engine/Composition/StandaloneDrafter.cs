using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>A drafter without a pipeline, for tests of plugins.</summary>
public static class StandaloneDrafter
{
    /// <summary>Builds a drafter as a pipeline does; the caller disposes it.</summary>
    /// <param name="plugins">Plugins that offer drafters.</param>
    /// <param name="name">"name" or "plugin-id/name".</param>
    /// <param name="options">A JSON object.</param>
    /// <param name="build">The model and the limits.</param>
    /// <exception cref="ConfigurationException">Contains all faults.</exception>
    /// <exception cref="CompositionException">The plugin threw.</exception>
    public static IDrafter Create(PluginCatalog plugins, string name, string options, DrafterBuild build)
    {
        (RegisteredComponent registered, object bound) = StandaloneBinding.Bind(plugins, Roles.Drafter, name, options);
        return registered.Ask("the factory", () => registered.CreateDrafter!(bound, build));
    }
}
