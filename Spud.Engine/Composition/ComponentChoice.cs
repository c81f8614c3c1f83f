using System.Collections.Frozen;
using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>
/// Finds the components named by a document, binds their options, and rejects those that do not suit the model, all before anything is
/// built. All faults of the document are reported at once.
/// </summary>
internal sealed class ComponentChoice
{
    /// <summary>The plugin that supplies components for roles a pipeline omits, so that another plugin's component of the same name causes no ambiguity.</summary>
    private const string DefaultPlugin = "backend.cpu";

    private readonly PipelineDocument _document;
    private readonly PluginCatalog _plugins;
    private readonly ModelDescription _model;
    private readonly FaultList _faults = new();
    private readonly ComponentBinder _binder;

    public ComponentChoice(PipelineDocument document, PluginCatalog plugins, ModelDescription model)
    {
        (_document, _plugins, _model) = (document, plugins, model);
        _binder = new ComponentBinder(plugins, model, _faults);
    }

    /// <summary>The default component of a role; null if none.</summary>
    public static string? DefaultOf(string role, PluginCatalog plugins)
    {
        if (Role.Of(role) != Role.Cache)
            return Qualified(plugins, DefaultPlugin, role, Role.Of(role).Default!);

        bool isKnown = plugins.TryResolve(Roles.Attention, DefaultOf(Roles.Attention, plugins)!, out RegisteredComponent? attention, out _);
        return isKnown ? DefaultCache(plugins, attention!, attention!.Offer) : null;
    }

    // The attention's own plugin, if it offers a cache of that name.
    private static string? DefaultCache(PluginCatalog plugins, RegisteredComponent attention, Offer offer) =>
        offer.DefaultCache is { } name ? Qualified(plugins, attention.PluginId, Roles.Cache, name) : null;

    private static string Qualified(PluginCatalog plugins, string plugin, string role, string name) => plugins.Offers(plugin, role, name) ? $"{plugin}/{name}" : name;

    /// <summary>The scheduler of requests; valid once <see cref="Choose"/> has returned.</summary>
    public ChosenScheduler? Scheduler { get; private set; }

    /// <summary>The drafter; null for none. Valid once <see cref="Choose"/> has returned.</summary>
    public ChosenDrafter? Drafter { get; private set; }

    /// <summary>The depth policy; null for none. Valid once <see cref="Choose"/> has returned.</summary>
    public ChosenDepth? Depth { get; private set; }

    /// <summary>Components by role, in the order of the document.</summary>
    /// <exception cref="ConfigurationException">Contains all faults.</exception>
    public FrozenDictionary<string, ImmutableArray<ChosenComponent>> Choose()
    {
        _faults.AddRange(_document.Faults);
        _document.CheckLayers(_model.Layers.Length, _faults);
        Dictionary<string, ImmutableArray<ChosenComponent>> chosen = [];
        foreach (Role role in Role.All.Where(role => role != Role.Cache))
            chosen[role.Name] = ChooseRole(role.Name, DefaultOf(role.Name, _plugins));

        // If the attention itself is faulty, the default is unknown; that fault has already been reported.
        bool isKnown = !chosen[Roles.Attention].IsEmpty;
        chosen[Roles.Cache] = isKnown || _document[Roles.Cache].All(entry => entry.Use is not null)
            ? ChooseRole(Roles.Cache, isKnown ? DefaultCache(_plugins, chosen[Roles.Attention][^1].Registered, chosen[Roles.Attention][^1].Offer) : null)
            : [];
        Scheduler = ChosenScheduler.Choose(_document.Scheduler, _plugins, _faults);
        Drafter = ChosenDrafter.Choose(_document.Drafter, _plugins, _faults);
        Depth = ChosenDepth.Choose(_document.Depth, _plugins, _faults);
        _faults.ThrowIfAny();
        return chosen.ToFrozenDictionary();
    }

    private ImmutableArray<ChosenComponent> ChooseRole(string role, string? otherwise)
    {
        ImmutableArray<ChosenComponent>.Builder chosen = ImmutableArray.CreateBuilder<ChosenComponent>();
        foreach (RoleEntry entry in _document[role])
        {
            if ((entry.Use ?? otherwise) is not { } name)
            {
                _faults.Add(entry.UseOrigin, $"$.{role} names no component, and attention has no default for it. Known: {_plugins.Offered(role)}.");
                continue;
            }

            if (_binder.Bind(entry, name, LayersOf(entry)) is { } component)
                chosen.Add(component with { Folds = [.. ChooseFolds(entry)] });
        }

        return chosen.ToImmutable();
    }

    private IEnumerable<ChosenComponent> ChooseFolds(RoleEntry attention)
    {
        foreach (RoleEntry entry in attention.Folds.Where(entry => entry.Use is not null))
        {
            if (!_plugins.TryResolve(Roles.Fold, entry.Use!, out RegisteredComponent? registered, out string? refusal))
                _faults.Add(entry.UseOrigin, refusal);
            else if (entry.BindOptions(registered.Name, registered.Options, _faults) is { } options)
                yield return new(registered, options, registered.Offer, entry, []);
        }
    }

    private ImmutableArray<int> LayersOf(RoleEntry entry) =>
    [
        .. Enumerable.Range(0, _model.Layers.Length).Where(layer => FirstFor(entry, layer) && Role.Of(entry.Role).Serves(_model.Layers[layer])),
    ];

    private bool FirstFor(RoleEntry entry, int layer) =>
        Enum.GetValues<Phase>().Any(phase => _document[entry.Role].First(candidate => candidate.Serves(layer, phase)) == entry);
}
