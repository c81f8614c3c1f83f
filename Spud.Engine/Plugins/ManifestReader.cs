using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Spud.Configuration;
using Spud.Models.Messages;

namespace Spud.Plugins;

/// <summary>Converts the tree of a manifest into a <see cref="PluginManifest"/>.</summary>
internal static class ManifestReader
{
    // Interpreted: generated ones would be compiled at every start of the program, for a few short names.
    private static readonly Regex s_componentName = new(@"\A[a-z0-9]+([.-][a-z0-9]+)*\z");
    private static readonly Regex s_libraryName = new(@"\A[^/\\\x00-\x1f]{1,255}\z");
    private static readonly BindingSubject s_subject = new("member", "a plugin manifest") { Skip = ["$schema"] };

    /// <summary>The manifest, or null if there are faults, including those of the file.</summary>
    public static PluginManifest? Read(ConfigObject tree, FaultList faults)
    {
        ManifestFile? file = Binder.Bind(tree, ManifestJson.Default.ManifestFile, s_subject, faults);
        ContractRange? contract = Contract(tree["contract"], faults);
        CheckComponents(tree["components"], faults);
        CheckLibraries(tree["nativeLibraries"], faults);
        if (file is null || contract is null || faults.Count > 0)
            return null;
        return new PluginManifest
        {
            Id = file.Id,
            Version = file.Version,
            Contract = contract,
            EntryAssembly = file.EntryAssembly,
            EntryType = file.EntryType,
            Components = ByRole(file.Components),
            NativeLibraries = [.. file.NativeLibraries],
            ProbeMayCrash = file.ProbeMayCrash,
            Setup = file.Setup,
        };
    }

    /// <summary>Only the contract's range, whatever else the manifest contains; null if it cannot be read.</summary>
    public static ContractRange? RangeOf(ConfigObject tree) =>
        tree["contract"] is ConfigScalar { Text: { } text } && ContractRange.TryParse(text, out ContractRange? range) ? range : null;

    private static ContractRange? Contract(ConfigNode? node, FaultList faults)
    {
        if (node is not ConfigScalar { Text: { Length: > 0 } text })
            return null; // already reported by the binder
        if (!ContractRange.TryParse(text, out ContractRange? range))
            faults.Add(node.Origin, $"{node.Path} must be a range of contract versions such as \"[1.0,2.0)\", got {node.Summary}.");
        return range;
    }

    private static void CheckComponents(ConfigNode? node, FaultList faults)
    {
        if (node is not ConfigObject roles)
            return;
        bool any = false;
        foreach ((string role, ConfigNode value) in roles.Members)
        {
            if (value is not ConfigArray names)
                continue;
            any |= names.Items.Count > 0;
            CheckNames(role, names, faults);
        }

        if (!any)
            faults.Add(node.Origin, $"{node.Path} offers nothing. Name at least one component, such as {{ \"experts\": [\"cpu\"] }}.");
    }

    private static void CheckNames(string role, ConfigArray names, FaultList faults)
    {
        HashSet<string> seen = [];
        foreach (ConfigNode item in names.Items)
        {
            if (item is not ConfigScalar { Text: { } name })
                continue;
            if (!s_componentName.IsMatch(name))
                faults.Add(item.Origin, $"{item.Path} must be a name of lower-case letters, digits, dots and dashes, got {item.Summary}.");
            else if (!seen.Add(name))
                faults.Add(item.Origin, $"{item.Path} offers {QuotedText.Of(role)} '{name}' a second time.");
        }
    }

    private static void CheckLibraries(ConfigNode? node, FaultList faults)
    {
        foreach (ConfigNode item in node is ConfigArray libraries ? libraries.Items : [])
        {
            if (item is ConfigScalar { Text: { } name } && !s_libraryName.IsMatch(name))
                faults.Add(item.Origin, $"{item.Path} must be the name of a library without a folder, got {item.Summary}.");
        }
    }

    private static FrozenDictionary<string, ImmutableArray<string>> ByRole(ManifestComponents components)
    {
        Dictionary<string, ImmutableArray<string>> byRole = [];
        Add(Roles.Head, components.Head);
        Add(Roles.Attention, components.Attention);
        Add(Roles.Cache, components.Cache);
        Add(Roles.Router, components.Router);
        Add(Roles.Experts, components.Experts);
        Add(Roles.Fold, components.Fold);
        Add(Roles.Scheduler, components.Scheduler);
        Add(Roles.Drafter, components.Drafter);
        Add(Roles.Depth, components.Depth);
        return byRole.ToFrozenDictionary();

        void Add(string role, string[] names)
        {
            if (names.Length > 0)
                byRole[role] = [.. names];
        }
    }
}
