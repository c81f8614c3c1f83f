using System.Collections.Frozen;
using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>
/// Finds the components that a document names, binds their options, and refuses what cannot meet the model, all before anything is
/// built. Every fault of the document is reported at once.
/// </summary>
internal sealed class ComponentChoice
{
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

    /// <summary>The component of a role in a pipeline that names none; null: there is none.</summary>
    public static string? DefaultOf(string role, PluginCatalog plugins) => Role.Of(role) != Role.Cache
        ? Role.Of(role).Default
        : plugins.TryResolve(Roles.Attention, Role.Attention.Default!, out RegisteredComponent? attention, out _) ? attention.Offer.DefaultCache : null;

    /// <summary>Components by role, in the order of the document.</summary>
    /// <exception cref="ConfigurationException">With every fault.</exception>
    public FrozenDictionary<string, ImmutableArray<ChosenComponent>> Choose()
    {
        _document.CheckLayers(_model.Layers.Length, _faults);
        Dictionary<string, ImmutableArray<ChosenComponent>> chosen = [];
        foreach (Role role in Role.All.Where(role => role != Role.Cache))
            chosen[role.Name] = ChooseRole(role.Name, role.Default);

        // Whose default it is cannot be told where the attention itself is faulty; that has been said.
        bool isKnown = !chosen[Roles.Attention].IsEmpty;
        chosen[Roles.Cache] = isKnown || _document[Roles.Cache].All(entry => entry.Use is not null)
            ? ChooseRole(Roles.Cache, isKnown ? chosen[Roles.Attention][^1].Offer.DefaultCache : null)
            : [];
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
                chosen.Add(component);
        }

        return chosen.ToImmutable();
    }

    private ImmutableArray<int> LayersOf(RoleEntry entry) =>
    [
        .. Enumerable.Range(0, _model.Layers.Length).Where(layer => FirstFor(entry, layer) && Role.Of(entry.Role).Serves(_model.Layers[layer])),
    ];

    private bool FirstFor(RoleEntry entry, int layer) =>
        Enum.GetValues<Phase>().Any(phase => _document[entry.Role].First(candidate => candidate.Serves(layer, phase)) == entry);
}
