using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>A scheduler with its options bound.</summary>
internal sealed class ChosenScheduler
{
    private readonly RegisteredComponent? _registered;
    private readonly object? _options;

    private ChosenScheduler(RegisteredComponent? registered, object? options) => (_registered, _options) = (registered, options);

    /// <summary>Finds the scheduler that an entry names; the built-in one if it names none, or if there were faults.</summary>
    public static ChosenScheduler Choose(RoleEntry entry, PluginCatalog plugins, FaultList faults)
    {
        if (entry.Use is null or FifoScheduler.Name)
        {
            Binder.Bind(entry.Node, SchedulerJson.Default.FifoOptions, new BindingSubject("option", $"scheduler '{FifoScheduler.Name}'") { Skip = OptionsClass.ReservedNames }, faults);
            return new(null, null);
        }

        if (!plugins.TryResolve(Roles.Scheduler, entry.Use, out RegisteredComponent? registered, out string? refusal))
            faults.Add(entry.UseOrigin, $"{refusal} '{FifoScheduler.Name}' is built in.");
        else if (entry.BindOptions(registered.Name, registered.Options, faults) is { } options)
            return new(registered, options);

        return new(null, null);
    }

    /// <summary>Builds it; its decisions are checked.</summary>
    /// <exception cref="CompositionException">The plugin threw.</exception>
    public JobScheduler Create(Action<string>? log)
    {
        if (_registered is not { } registered)
            return new(new FifoScheduler(), FifoScheduler.Name, log);

        IScheduler made = registered.Ask("the factory", () => registered.CreateScheduler!(_options!) ?? throw new InvalidOperationException("it returned null"));
        return new(made, registered.FullName, log) { Registered = registered, Options = _options };
    }
}
