using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>
/// Finds the component named by an entry, binds its options and rejects it if it does not suit the model; then does the same for the components
/// named by its options.
/// </summary>
internal sealed class ComponentBinder(PluginCatalog plugins, ModelDescription model, FaultList faults)
{
    private const int MaxDepth = 8;

    /// <summary>The component, or null if there were faults.</summary>
    /// <param name="entry">The entry that names it.</param>
    /// <param name="name">Its name.</param>
    /// <param name="layers">Layers that it serves.</param>
    public ChosenComponent? Bind(RoleEntry entry, string name, ImmutableArray<int> layers) => Bind(entry, name, layers, depth: 0);

    /// <summary>A component that another one is built on.</summary>
    /// <exception cref="RefusedException">Contains all faults.</exception>
    public static ChosenComponent Inner(ChosenComponent outer, ComponentSpec spec, PluginCatalog plugins, ModelDescription model, int depth)
    {
        if (outer.Inner.TryGetValue(spec, out ChosenComponent? chosen))
            return chosen;

        FaultList faults = new();
        ComponentBinder binder = new(plugins, model, faults);
        return binder.Inner(outer.Registered, outer.Entry, spec, written: null, outer.Layers, depth)
            ?? throw new RefusedException(string.Join(' ', faults.InOrder().Select(fault => fault.Message)));
    }

    private ChosenComponent? Bind(RoleEntry entry, string name, ImmutableArray<int> layers, int depth)
    {
        if (depth > MaxDepth)
        {
            faults.Add(entry.UseOrigin, $"{entry.Role} '{name}' is nested in {depth} others, expected at most {MaxDepth}.");
            return null;
        }

        if (!plugins.TryResolve(entry.Role, name, out RegisteredComponent? registered, out string? refusal))
        {
            faults.Add(entry.UseOrigin, refusal);
            return null;
        }

        int before = faults.Count;
        return Options(entry, registered) is { } options && InnerOf(entry, registered, options, layers, depth) is var inner && faults.Count == before
            && OfferOf(entry, registered, options, inner, layers) is { } offer && KnowsTraits(entry, registered, offer, layers)
            ? new(registered, options, offer, entry, layers) { Inner = inner }
            : null;
    }

    private object? Options(RoleEntry entry, RegisteredComponent registered)
    {
        try
        {
            return entry.BindOptions(registered.Name, registered.Options, faults);
        }
        catch (Exception fault) when (fault is not ConfigurationException)
        {
            // Any exception of the serialiser is caught: this runs plugin code, a constructor or a setter.
            faults.Add(entry.UseOrigin, $"{entry.Role} '{registered.FullName}': its options class {registered.Options.Type.Name} threw {PluginException.Describe(fault)} This is a fault of the plugin.");
            return null;
        }
    }

    private FrozenDictionary<ComponentSpec, ChosenComponent> InnerOf(RoleEntry entry, RegisteredComponent registered, object options, ImmutableArray<int> layers, int depth)
    {
        Dictionary<ComponentSpec, ChosenComponent> inner = [];
        foreach (JsonPropertyInfo property in registered.Options.Properties.Where(static property => property.PropertyType == typeof(ComponentSpec)))
        {
            if (property.Get?.Invoke(options) is ComponentSpec spec && Inner(registered, entry, spec, entry.Node[property.Name], layers, depth + 1) is { } chosen)
                inner[spec] = chosen;
        }

        return inner.ToFrozenDictionary();
    }

    /// <param name="outer">The component built on it.</param>
    /// <param name="entry">The entry that named the outer component.</param>
    /// <param name="spec">The specification of the inner component.</param>
    /// <param name="written">The node of the document; null if the plugin supplied the specification.</param>
    /// <param name="layers">Layers served by both.</param>
    /// <param name="depth">Nesting depth.</param>
    private ChosenComponent? Inner(RegisteredComponent outer, RoleEntry entry, ComponentSpec spec, ConfigNode? written, ImmutableArray<int> layers, int depth)
    {
        ConfigObject? node = written switch
        {
            ConfigObject members => members,
            ConfigScalar { Text: not null } name => RoleEntry.Named(name),
            _ => ConfigFile.Parse(JsonSerializer.SerializeToUtf8Bytes(spec, SpecJson.Default.ComponentSpec), $"default of {outer.FullName}", faults),
        };
        return node is null ? null : Bind(entry.Inner(node, spec.Use, faults), spec.Use, layers, depth);
    }

    private Offer? OfferOf(RoleEntry entry, RegisteredComponent registered, object options, FrozenDictionary<ComponentSpec, ChosenComponent> inner, ImmutableArray<int> layers)
    {
        try
        {
            ChosenComponent outer = new(registered, options, registered.Offer, entry, layers) { Inner = inner };
            return registered.OfferFor(options, new OffersInside(outer, plugins, model));
        }
        catch (CompositionException fault)
        {
            faults.Add(entry.UseOrigin, fault.Message);
            return null;
        }
    }

    private bool KnowsTraits(RoleEntry entry, RegisteredComponent registered, Offer offer, ImmutableArray<int> layers)
    {
        string prefix = registered.Role + ".";
        IEnumerable<string> wanted = Role.Of(registered.Role).DiffersByLayer
            ? layers.SelectMany(layer => model.Layers[layer].Traits.Keys)
            : model.Traits.Keys;
        string[] unknown = [.. wanted.Where(trait => trait.StartsWith(prefix, StringComparison.Ordinal)).Distinct().Except(offer.Knows).Order(StringComparer.Ordinal)];
        if (unknown.Length == 0)
            return true;

        faults.Add(
            entry.UseOrigin,
            $"{registered.Role} '{registered.FullName}' does not know {string.Join(", ", unknown)}, which model family '{model.Architecture}' needs. "
            + $"Name another {registered.Role}; known: {plugins.Offered(registered.Role)}.");
        return false;
    }

    private sealed class OffersInside(ChosenComponent outer, PluginCatalog plugins, ModelDescription model) : IOffers
    {
        public Offer Of(ComponentSpec spec)
        {
            ArgumentNullException.ThrowIfNull(spec);
            return Inner(outer, spec, plugins, model, depth: 1).Offer;
        }
    }
}
