using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>A depth policy without a pipeline, for tests of plugins.</summary>
public static class StandaloneDepth
{
    /// <summary>Builds a depth policy as a pipeline does; the caller disposes it.</summary>
    /// <param name="plugins">Plugins that offer depth policies.</param>
    /// <param name="name">"name" or "plugin-id/name".</param>
    /// <param name="options">A JSON object, without 'layers'.</param>
    /// <param name="build">The model and the layers.</param>
    /// <exception cref="ConfigurationException">Contains all faults.</exception>
    /// <exception cref="CompositionException">The plugin refused or threw.</exception>
    public static IDepth Create(PluginCatalog plugins, string name, string options, DepthBuild build)
    {
        (RegisteredComponent registered, object bound) = StandaloneBinding.Bind(plugins, Roles.Depth, name, options);
        return registered.Ask("the factory", () => registered.CreateDepth!(bound, build));
    }
}
