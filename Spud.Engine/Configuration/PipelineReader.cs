using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Spud.Models.Messages;

namespace Spud.Configuration;

/// <summary>Converts a tree into a <see cref="PipelineDocument"/>.</summary>
internal sealed class PipelineReader
{
    private static readonly BindingSubject s_subject = new("member", "a pipeline") { Skip = ["$schema", .. Roles.All, .. Roles.Beside], ListsSkipped = true };

    private readonly ConfigObject _root;
    private readonly string? _folder;
    private readonly FaultList _faults;

    /// <summary>Creates a reader.</summary>
    /// <param name="root">The tree; it is modified.</param>
    /// <param name="path">The file it came from; null if none.</param>
    /// <param name="faults">Faults are added to this list.</param>
    public PipelineReader(ConfigObject root, string? path, FaultList faults)
    {
        (_root, _folder, _faults) = (root, Path.GetDirectoryName(path), faults);
        ExpandNames();
    }

    /// <summary>Applies an edit.</summary>
    public void Edit(PipelineEdit edit)
    {
        SetOption.Apply(_root, edit, _faults);
        ExpandNames();
    }

    /// <summary>The document; if there are faults, without the parts they concern.</summary>
    public PipelineDocument Read()
    {
        PipelineSettings settings = Binder.Bind(_root, PipelineJson.Default.PipelineSettings, s_subject, _faults) ?? new();
        if (_root["rope"] is ConfigObject rope)
            settings.Rope?.Check(rope, _faults);
        return new PipelineDocument(Roles.All.ToFrozenDictionary(role => role, Entries))
        {
            // Binding returns nothing if anything is wrong; the model is needed anyway, so that its layers are not reported as faults.
            Model = (settings.Model ?? (_root["model"] as ConfigScalar)?.Text) is { Length: > 0 } model ? FullPath(model, _root["model"]!.Origin) : null,
            ContextTokens = settings.Context,
            Rope = settings.Rope,
            ComputeUnits = settings.Budget?.ComputeUnits,
            Effort = settings.Budget?.Effort ?? 1,
            Prefer = settings.Budget?.Prefer ?? DraftPreference.Latency,
            Scheduler = Beside(Roles.Scheduler, "scheduler", ["layers", "phase", "fold", "pack"], "serves jobs, not layers"),
            Drafter = Beside(Roles.Drafter, "drafter", ["layers", "phase", "fold"], "guesses tokens, and serves no layers"),
            Depth = Beside(Roles.Depth, "depth policy", ["phase", "fold"], "decides for the whole pipeline"),
        };
    }

    // "cache": "plain" is short for "cache": { "use": "plain" }; expanded immediately, so that an edit finds an object to edit.
    private void ExpandNames()
    {
        foreach (string role in (string[])[.. Roles.All, .. Roles.Beside])
        {
            if (_root[role] is ConfigScalar { Text: not null } name)
                _root.Set(role, name.NameOrigin, RoleEntry.Named(name));
            if (_root[role] is not ConfigArray entries)
                continue;
            for (int i = 0; i < entries.Items.Count; i++)
            {
                if (entries.Items[i] is ConfigScalar { Text: not null } entry)
                    entries.Set(i, RoleEntry.Named(entry));
            }
        }
    }

    private ImmutableArray<RoleEntry> Entries(string role)
    {
        int before = _faults.Count;
        ImmutableArray<RoleEntry> entries = [.. Written(role)];
        if (_root[role] is ConfigArray && _faults.Count == before)
            EntryOrder.Check(entries, _faults);
        return entries is [] ? [new RoleEntry(role, new ConfigObject(_root.Origin))] : entries;
    }

    private IEnumerable<RoleEntry> Written(string role)
    {
        switch (_root[role])
        {
            case null:
                return [];
            case ConfigObject entry:
                RefuseAll(entry, ["layers", "phase"], Role.Of(role).DiffersByLayer
                    ? "belongs into an array of entries, whose last one has neither 'layers' nor 'phase'."
                    : $"has no place here: the {role} is the same for all layers and phases.");
                return [Entry(role, entry)];
            case ConfigArray array when Role.Of(role).DiffersByLayer:
                return Written(role, array);
            case { } other:
                string orArray = Role.Of(role).DiffersByLayer ? " or an array of such objects" : "";
                _faults.Add(other.Origin, $"{other.Path} must be a component's name, an object with 'use'{orArray}, got {other.Summary}.");
                return [];
        }
    }

    private IEnumerable<RoleEntry> Written(string role, ConfigArray array)
    {
        if (array.Items.Count == 0)
            _faults.Add(array.Origin, $"{array.Path} has no entries. Leave it out to get the default component.");
        foreach (ConfigNode item in array.Items)
        {
            if (item is ConfigObject entry)
                yield return Entry(role, entry);
            else
                _faults.Add(item.Origin, $"{item.Path} must be a component's name or an object with 'use', got {item.Summary}.");
        }
    }

    private RoleEntry Entry(string role, ConfigObject node)
    {
        return new RoleEntry(role, node)
        {
            Folder = _folder,
            Use = Use(node["use"]),
            Layers = Layers(node["layers"]),
            Phase = PhaseOf(node["phase"]),
            Pack = RoleEntry.PackOf(node, _folder, _faults),
            Folds = [.. Folds(role, node["fold"])],
        };
    }

    private IEnumerable<RoleEntry> Folds(string role, ConfigNode? node)
    {
        if (node is null)
            return [];
        if (role != Roles.Attention)
        {
            _faults.Add(node.NameOrigin, $"{node.Path}: only attention has folds to decorate.");
            return [];
        }

        if (node is ConfigArray { Items.Count: > 0 } array)
            return array.Items.Select(Fold).OfType<RoleEntry>().ToArray();
        _faults.Add(node.Origin, $"{node.Path} must be an array of objects with 'use', outermost first, got {node.Summary}.");
        return [];
    }

    private RoleEntry? Fold(ConfigNode item)
    {
        if (item is not ConfigObject entry || entry["use"] is null)
        {
            _faults.Add(item.Origin, $"{item.Path} must be an object with 'use', the name of a fold decorator, got {item.Summary}.");
            return null;
        }

        RefuseAll(entry, ["layers", "phase", "fold", "pack"], "has no place here: a fold decorator serves the layers of its attention.");
        return new RoleEntry(Roles.Fold, entry) { Folder = _folder, Use = Use(entry["use"]) };
    }

    // A component that is no part of the forward pass: one for all layers.
    private RoleEntry Beside(string role, string component, string[] refused, string does)
    {
        ConfigNode? node = _root[role];
        if (node is ConfigObject entry)
        {
            RefuseAll(entry, refused, $"has no place here: a {component} {does}.");
            return new RoleEntry(role, entry)
            {
                Folder = _folder,
                Use = Use(entry["use"]),
                Layers = refused.Contains("layers") ? null : Layers(entry["layers"]),
                Pack = refused.Contains("pack") ? null : RoleEntry.PackOf(entry, _folder, _faults),
            };
        }

        if (node is not null)
            _faults.Add(node.Origin, $"{node.Path} must be a {component}'s name or an object with 'use', got {node.Summary}.");
        return new RoleEntry(role, new ConfigObject(_root.Origin));
    }

    private void RefuseAll(ConfigObject node, string[] names, string reason)
    {
        foreach (string name in names)
        {
            if (node[name] is { } member)
                _faults.Add(member.NameOrigin, $"{member.Path} {reason}");
        }
    }

    private string? Use(ConfigNode? node)
    {
        if (node is null or ConfigScalar { Text.Length: > 0 })
            return (node as ConfigScalar)?.Text;
        _faults.Add(node.Origin, $"{node.Path} must be the name of a component, got {node.Summary}.");
        return null;
    }

    private LayerSet? Layers(ConfigNode? node)
    {
        if (node is null)
            return null;
        // A single layer may be a number, as which an edit without quotes is read.
        if (node is ConfigScalar scalar && (scalar.Text ?? (scalar.Kind == JsonValueKind.Number ? scalar.Written : null)) is { } text && LayerSet.TryParse(text, out LayerSet? layers))
            return layers;
        _faults.Add(node.Origin, $"{node.Path} must be layers from 0 to {LayerSet.HighestLayer} such as \"0-3\", \"0,2,5-7\" or \"4-\", got {node.Summary}.");
        return null;
    }

    private Phase? PhaseOf(ConfigNode? node)
    {
        switch (node)
        {
            case null:
                return null;
            case ConfigScalar { Text: "prefill" }:
                return Phase.Prefill;
            case ConfigScalar { Text: "decode" }:
                return Phase.Decode;
            default:
                string hint = node is ConfigScalar { Text: { } text } ? Suggestion.Hint(text, ["prefill", "decode"]) : "";
                _faults.Add(node.Origin, $"{node.Path} must be \"prefill\" or \"decode\", got {node.Summary}.{hint}");
                return null;
        }
    }

    private string? FullPath(string path, Origin origin)
    {
        if (!path.Contains('\0'))
            return origin.FullPath(path, _folder);
        _faults.Add(origin, "$.model is not a path: it contains a null character.");
        return null;
    }
}
