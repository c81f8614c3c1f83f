using System.Text;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>A component of the host's roles with its options bound, as in a pipeline's entry, but without a pipeline.</summary>
internal static class StandaloneBinding
{
    /// <summary>Finds a component and binds its options.</summary>
    /// <param name="plugins">Plugins that offer components.</param>
    /// <param name="role">The role.</param>
    /// <param name="name">"name" or "plugin-id/name".</param>
    /// <param name="options">A JSON object.</param>
    /// <exception cref="ConfigurationException">Contains all faults.</exception>
    /// <exception cref="CompositionException">There is no such component.</exception>
    public static (RegisteredComponent Registered, object Options) Bind(PluginCatalog plugins, string role, string name, string options)
    {
        ArgumentNullException.ThrowIfNull(plugins);
        RoleEntry entry = Entry(role, name, options);
        if (!plugins.TryResolve(role, name, out RegisteredComponent? registered, out string? refusal))
            throw new CompositionException(refusal!);

        FaultList faults = new();
        object? bound = entry.BindOptions(registered.Name, registered.Options, faults);
        faults.ThrowIfAny();
        return (registered, bound!);
    }

    /// <summary>The entry that a pipeline would have.</summary>
    /// <param name="role">The role.</param>
    /// <param name="name">The component.</param>
    /// <param name="options">A JSON object.</param>
    /// <exception cref="ConfigurationException">Contains all faults.</exception>
    public static RoleEntry Entry(string role, string name, string options)
    {
        FaultList faults = new();
        ConfigObject? written = ConfigFile.Parse(Encoding.UTF8.GetBytes(options), $"{role} '{name}'", faults);
        faults.ThrowIfAny();
        return new(role, written!) { Use = name };
    }
}
