using System.Collections.Concurrent;
using System.Collections.Immutable;
using Spud.Plugins;

namespace Spud.Conformance.Discovery;

/// <summary>The plugin of a contract class, loaded as a host loads it, once.</summary>
internal sealed class PluginUnderTest
{
    private static readonly ConcurrentDictionary<Type, Lazy<PluginUnderTest>> s_loaded = new();
    private readonly ContractSettings _settings;

    private PluginUnderTest(PluginContract contract)
    {
        _settings = contract.Settings;
        Catalog = PluginCatalog.Of(
            [_settings.Folder, ReferencePlugin.Folder],
            new PluginCatalogOptions { ProbeCommand = _settings.Probe, ProbesInProcess = _settings.Probe is null });
        Status = Catalog.LoadAll()[0];
        SkipReason = _settings.SkipReason ?? (Status.State == PluginState.Unavailable ? $"plugin {Status}" : null);
        (string Role, string Name)[] components = [.. Status.Components.SelectMany(role => role.Value.Select(name => (role.Key, name)))];
        Subjects = Status.State == PluginState.Active
            ? [.. components.SelectMany(component => SubjectsOf(component.Role, component.Name))]
            : SkipReason is null ? [] : [.. components.Select(component => Skipped(component.Role, component.Name))];
    }

    /// <summary>The plugin, and the reference plugin for the other roles of a pipeline.</summary>
    public PluginCatalog Catalog { get; }

    /// <summary>How far loading came.</summary>
    public PluginStatus Status { get; }

    /// <summary>Why nothing can be tested here; null: it can.</summary>
    public string? SkipReason { get; }

    /// <summary>What the suites run over.</summary>
    public ImmutableArray<Subject> Subjects { get; }

    /// <summary>Of a class derived from <see cref="PluginContract"/>.</summary>
    public static PluginUnderTest Of(Type contract) => s_loaded.GetOrAdd(
        contract, static type => new(() => new PluginUnderTest((PluginContract)Activator.CreateInstance(type)!))).Value;

    /// <summary>By role and label.</summary>
    public Subject this[string role, string label] => Subjects.Single(subject => subject.Role == role && subject.Label == label);

    private IEnumerable<Subject> SubjectsOf(string role, string name)
    {
        List<Variant> variants = [.. _settings.Variants.Where(variant => variant.Role == role && variant.Component == name)];
        if (variants.All(variant => variant.Options != "{}"))
            variants.Insert(0, new Variant { Role = role, Component = name });

        return variants.Select(variant => new Subject { Variant = variant, SkipReason = SkipReason ?? variant.Skip, FullName = $"{Status.Id}/{name}", Catalog = Catalog });
    }

    private Subject Skipped(string role, string name) =>
        new() { Variant = new() { Role = role, Component = name }, SkipReason = SkipReason, FullName = null, Catalog = Catalog };
}
