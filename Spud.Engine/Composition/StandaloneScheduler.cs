using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>A scheduler without a pipeline: for simulations, and for tests of plugins.</summary>
public static class StandaloneScheduler
{
    /// <summary>Builds a scheduler as a pipeline does; the caller disposes it.</summary>
    /// <param name="plugins">Plugins that offer schedulers.</param>
    /// <param name="name">"name", "plugin-id/name", or "fifo" for the built-in one.</param>
    /// <param name="options">A JSON object.</param>
    /// <param name="log">Told once if a decision breaks a rule, or the scheduler throws.</param>
    /// <exception cref="ConfigurationException">Contains all faults.</exception>
    /// <exception cref="CompositionException">The plugin threw.</exception>
    public static JobScheduler Create(PluginCatalog plugins, string name, string options = "{}", Action<string>? log = null)
    {
        ArgumentNullException.ThrowIfNull(plugins);
        FaultList faults = new();
        ChosenScheduler chosen = ChosenScheduler.Choose(StandaloneBinding.Entry(Roles.Scheduler, name, options), plugins, faults);
        faults.ThrowIfAny();
        return chosen.Create(log);
    }
}
