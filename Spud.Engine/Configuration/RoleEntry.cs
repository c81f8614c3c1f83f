using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;

namespace Spud.Configuration;

/// <summary>A component named by a pipeline for a role, with its options as written.</summary>
public sealed class RoleEntry
{
    internal RoleEntry(string role, ConfigObject node) => (Role, Node) = (role, node);

    /// <summary>One of <see cref="Roles"/>.</summary>
    public string Role { get; }

    /// <summary>The component's name, or <c>plugin-id/name</c>; null for the default.</summary>
    public string? Use { get; init; }

    /// <summary>Layers that the entry serves; null for all.</summary>
    public LayerSet? Layers { get; init; }

    /// <summary>The phase that the entry serves; null for both.</summary>
    public Phase? Phase { get; init; }

    /// <summary>Decorators of an attention's fold, outermost first.</summary>
    public ImmutableArray<RoleEntry> Folds { get; init; } = [];

    /// <summary>Where the entry was written.</summary>
    public Origin Origin => Node.Origin;

    /// <summary>Folder of the pipeline's file; null if none.</summary>
    internal string? Folder { get; init; }

    /// <summary>Where the component's name was written.</summary>
    internal Origin UseOrigin => Node["use"]?.Origin ?? Node.Origin;

    /// <summary>Its place in the pipeline, <c>$.attention[0]</c>; <c>$</c> for a role that the pipeline does not name.</summary>
    public string Path => Node.Path;

    /// <summary>The entry as written: options and reserved names.</summary>
    internal ConfigObject Node { get; }

    /// <summary>Whether the entry serves all layers in both phases.</summary>
    public bool ServesAll => Layers is null && Phase is null;

    /// <summary>Whether the entry serves a layer in a phase; if several do, the first one is used.</summary>
    public bool Serves(int layer, Phase phase) => Layers?.Contains(layer) != false && (Phase is null || Phase == phase);

    /// <summary>Path of the component's pack; null if none.</summary>
    public string? Pack { get; init; }

    /// <summary>An object with only the name of a component.</summary>
    internal static ConfigObject Named(ConfigScalar name)
    {
        ConfigObject entry = new(name.Origin);
        entry.Set("use", name.Origin, name);
        return entry;
    }

    /// <summary>Path of the pack named by an entry.</summary>
    internal static string? PackOf(ConfigObject node, string? folder, FaultList faults)
    {
        if (node["pack"] is not { } written)
            return null;
        if (written is ConfigScalar { Text: { Length: > 0 } path } && !path.Contains('\0'))
            return written.Origin.FullPath(path, folder);

        faults.Add(written.Origin, $"{written.Path} must be the path of a file, got {written.Summary}.");
        return null;
    }

    /// <summary>An entry for an inner component of this entry's component: it serves the same layers and phase.</summary>
    internal RoleEntry Inner(ConfigObject node, string use, FaultList faults)
    {
        foreach (string name in (ReadOnlySpan<string>)["layers", "phase", "fold"])
        {
            if (node[name] is { } member)
                faults.Add(member.NameOrigin, $"{member.Path} has no place here: a component inside another one serves the same layers and phase.");
        }

        return new RoleEntry(Role, node) { Folder = Folder, Use = use, Layers = Layers, Phase = Phase, Pack = PackOf(node, Folder, faults) };
    }

    /// <summary>Every string among the options, interpreted as a path.</summary>
    internal IEnumerable<string> Texts() => Node.Members.Select(member => member.Value).OfType<ConfigScalar>()
        .Where(value => value.Text is { Length: > 0 } text && !text.Contains('\0')).Select(value => value.Origin.FullPath(value.Text!, Folder));

    /// <summary>Binds the options, or reports every fault and returns null.</summary>
    /// <param name="component">The name of the chosen component, for messages.</param>
    /// <param name="type">Type information of its options class.</param>
    /// <param name="faults">Faults are added to this list.</param>
    internal object? BindOptions(string component, JsonTypeInfo type, FaultList faults)
    {
        object? options = Binder.Bind(Node, type, new BindingSubject("option", $"{Role} '{component}'") { Skip = OptionsClass.ReservedNames }, faults);
        if (options is not null)
            ResolvePaths(options, type, faults);
        return options;
    }

    private void ResolvePaths(object options, JsonTypeInfo type, FaultList faults)
    {
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property.AttributeProvider?.IsDefined(typeof(FilePathAttribute), inherit: true) != true || Node[property.Name] is not ConfigScalar { Text: { } path } written)
                continue;
            if (path.Length == 0 || path.Contains('\0'))
                faults.Add(written.Origin, $"{written.Path} must be the path of a file, got {written.Summary}.");
            else
                property.Set!(options, written.Origin.FullPath(path, Folder));
        }
    }
}
