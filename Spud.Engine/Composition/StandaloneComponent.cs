using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>
/// A component with its options bound but without a pipeline: for tests of plugins, which build it with their own context and call it with
/// their own data.
/// </summary>
public sealed class StandaloneComponent
{
    private readonly ChosenComponent _chosen;
    private readonly PluginCatalog _plugins;
    private readonly ModelDescription _model;
    private readonly int _depth;

    private StandaloneComponent(ChosenComponent chosen, PluginCatalog plugins, ModelDescription model, int depth) =>
        (_chosen, _plugins, _model, _depth) = (chosen, plugins, model, depth);

    /// <summary>"plugin-id/name".</summary>
    public string Name => _chosen.Registered.FullName;

    /// <summary>What it can do with these options.</summary>
    public Offer Offer => _chosen.Offer;

    /// <summary>Whether its options name inner components.</summary>
    public bool IsBuiltOnOthers => _chosen.Inner.Count > 0;

    internal ChosenComponent Chosen => _chosen;

    /// <summary>Binds a component's options as a pipeline does, and rejects it if it does not know a trait of the model.</summary>
    /// <param name="plugins">Plugins that offer components.</param>
    /// <param name="role">One of <see cref="Roles.All"/>.</param>
    /// <param name="name">The component.</param>
    /// <param name="options">A JSON object.</param>
    /// <param name="model">The model; the component serves all its layers.</param>
    /// <exception cref="ConfigurationException">Contains all faults.</exception>
    public static StandaloneComponent Bind(PluginCatalog plugins, string role, string name, string options, ModelDescription model)
    {
        ArgumentNullException.ThrowIfNull(plugins);
        ArgumentNullException.ThrowIfNull(model);
        FaultList faults = new();
        RoleEntry entry = PipelineDocument.Load(null, [$"{role}={options}"])[role][0];
        ChosenComponent? chosen = new ComponentBinder(plugins, model, faults).Bind(entry, name, [.. Enumerable.Range(0, model.Layers.Length)]);
        faults.ThrowIfAny();
        return new(chosen!, plugins, model, 0);
    }

    /// <summary>Binds the options of a fold decorator as in an attention's entry.</summary>
    /// <param name="plugins">Plugins that offer components.</param>
    /// <param name="name">The decorator.</param>
    /// <param name="options">A JSON object.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="ConfigurationException">Contains all faults.</exception>
    public static StandaloneComponent BindFold(PluginCatalog plugins, string name, string options, ModelDescription model)
    {
        ArgumentNullException.ThrowIfNull(plugins);
        ArgumentNullException.ThrowIfNull(options);
        FaultList faults = new();
        string members = options.Trim() is "{}" ? "}" : $",{options.Trim()[1..]}";
        RoleEntry entry = PipelineDocument.Load(null, [$$"""attention={"use":"any","fold":[{"use":"{{name}}"{{members}}]}"""])[Roles.Attention][0].Folds[0];
        if (!plugins.TryResolve(Roles.Fold, name, out RegisteredComponent? registered, out string? refusal))
            faults.Add(entry.UseOrigin, refusal);

        object? bound = registered is null ? null : entry.BindOptions(registered.Name, registered.Options, faults);
        faults.ThrowIfAny();
        return new(new ChosenComponent(registered!, bound!, registered!.Offer, entry, ImmutableArray<int>.Empty), plugins, model, 0);
    }

    /// <summary>Builds it; the caller disposes it.</summary>
    /// <param name="build">Serves all its requests; those for inner components through <see cref="Inner"/>.</param>
    public IDisposable Create(IBuildContext build) => _chosen.Registered.Create(_chosen.Options, build);

    /// <summary>A component that it is built on.</summary>
    /// <exception cref="RefusedException">Contains all faults.</exception>
    public StandaloneComponent Inner(ComponentSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new(ComponentBinder.Inner(_chosen, spec, _plugins, _model, _depth + 1), _plugins, _model, _depth + 1);
    }
}
