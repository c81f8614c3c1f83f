using System.Collections.Frozen;
using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>
/// Finds the components that a document names, binds their options, and refuses what cannot meet the model, all before anything is
/// built. Every fault of the document is reported at once.
/// </summary>
internal sealed class ComponentChoice(PipelineDocument document, PluginCatalog plugins, ModelDescription model)
{
    /// <summary>The plugin whose components fill the roles that nobody names, so that another plugin's component of the same name stops no pipeline.</summary>
    private const string DefaultPlugin = "backend.cpu";

    private readonly FaultList _faults = new();

    /// <summary>The component of a role in a pipeline that names none; null: there is none.</summary>
    public static string? DefaultOf(string role, PluginCatalog plugins)
    {
        if (Role.Of(role) != Role.Cache)
            return Qualified(plugins, DefaultPlugin, role, Role.Of(role).Default!);

        bool isKnown = plugins.TryResolve(Roles.Attention, DefaultOf(Roles.Attention, plugins)!, out RegisteredComponent? attention, out _);
        return isKnown ? DefaultCache(plugins, attention!) : null;
    }

    // The plugin's own, where it offers one of that name.
    private static string? DefaultCache(PluginCatalog plugins, RegisteredComponent attention) =>
        attention.Offer.DefaultCache is { } name ? Qualified(plugins, attention.PluginId, Roles.Cache, name) : null;

    private static string Qualified(PluginCatalog plugins, string plugin, string role, string name) => plugins.Offers(plugin, role, name) ? $"{plugin}/{name}" : name;

    /// <summary>Components by role, in the order of the document.</summary>
    /// <exception cref="ConfigurationException">With every fault.</exception>
    public FrozenDictionary<string, ImmutableArray<ChosenComponent>> Choose()
    {
        _faults.AddRange(document.Faults);
        document.CheckLayers(model.Layers.Length, _faults);
        Dictionary<string, ImmutableArray<ChosenComponent>> chosen = [];
        foreach (Role role in Role.All.Where(role => role != Role.Cache))
            chosen[role.Name] = ChooseRole(role.Name, DefaultOf(role.Name, plugins));

        // Whose default it is cannot be told where the attention itself is faulty; that has been said.
        bool isKnown = !chosen[Roles.Attention].IsEmpty;
        chosen[Roles.Cache] = isKnown || document[Roles.Cache].All(entry => entry.Use is not null)
            ? ChooseRole(Roles.Cache, isKnown ? DefaultCache(plugins, chosen[Roles.Attention][^1].Registered) : null)
            : [];
        _faults.ThrowIfAny();
        return chosen.ToFrozenDictionary();
    }

    private ImmutableArray<ChosenComponent> ChooseRole(string role, string? otherwise)
    {
        ImmutableArray<ChosenComponent>.Builder chosen = ImmutableArray.CreateBuilder<ChosenComponent>();
        foreach (RoleEntry entry in document[role])
        {
            if ((entry.Use ?? otherwise) is not { } name)
            {
                _faults.Add(entry.UseOrigin, $"$.{role} names no component, and attention has no default for it. Known: {plugins.Offered(role)}.");
                continue;
            }

            if (!plugins.TryResolve(role, name, out RegisteredComponent? registered, out string? refusal))
                _faults.Add(entry.UseOrigin, refusal);
            else if (entry.BindOptions(registered.Name, registered.Options, _faults) is { } options)
                chosen.Add(WithLayers(registered, options, entry));
        }

        return chosen.ToImmutable();
    }

    private ChosenComponent WithLayers(RegisteredComponent registered, object options, RoleEntry entry)
    {
        ImmutableArray<int> layers = [.. Enumerable.Range(0, model.Layers.Length).Where(layer => FirstFor(entry, layer))];
        layers = [.. layers.Where(layer => Role.Of(registered.Role).Serves(model.Layers[layer]))];

        RequireTraits(registered, entry, layers);
        return new(registered, options, entry, layers);
    }

    private bool FirstFor(RoleEntry entry, int layer) =>
        Enum.GetValues<Phase>().Any(phase => document[entry.Role].First(candidate => candidate.Serves(layer, phase)) == entry);

    private void RequireTraits(RegisteredComponent registered, RoleEntry entry, ImmutableArray<int> layers)
    {
        string prefix = registered.Role + ".";
        IEnumerable<string> wanted = Role.Of(registered.Role).DiffersByLayer
            ? layers.SelectMany(layer => model.Layers[layer].Traits.Keys)
            : model.Traits.Keys;
        string[] unknown = [.. wanted.Where(trait => trait.StartsWith(prefix, StringComparison.Ordinal)).Distinct().Except(registered.Offer.Knows).Order(StringComparer.Ordinal)];
        if (unknown.Length > 0)
        {
            _faults.Add(
                entry.UseOrigin,
                $"{registered.Role} '{registered.FullName}' does not know {string.Join(", ", unknown)}, which model family '{model.Architecture}' needs. "
                + $"Name another {registered.Role}; known: {plugins.Offered(registered.Role)}.");
        }
    }
}
