using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Spud.Configuration;
using Spud.Models.Messages;

namespace Spud.Plugins;

/// <summary>
/// The plugins found by a host. Manifests are read at once; code is loaded when a pipeline names a component, or for all by
/// <see cref="LoadAll"/>. Faults of plugins are not thrown but reported in their <see cref="PluginStatus"/>. Thread-safe.
/// </summary>
public sealed class PluginCatalog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PluginCatalogOptions _options;
    private readonly ImmutableArray<PluginFolder> _plugins;
    private readonly ShadowFolders _shadows = new();

    private PluginCatalog(ImmutableArray<PluginFolder> plugins, PluginCatalogOptions options) => (_plugins, _options) = (plugins, options);

    /// <summary>The status of every plugin folder, in the order they were found.</summary>
    public ImmutableArray<PluginStatus> Statuses
    {
        get
        {
            lock (_gate)
                return [.. _plugins.Select(plugin => plugin.Status)];
        }
    }

    /// <inheritdoc cref="Discover(IEnumerable{string}, PluginCatalogOptions)"/>
    public static PluginCatalog Discover(params IEnumerable<string> folders) => Discover(folders, new PluginCatalogOptions());

    /// <summary>Reads the manifests of all plugin folders below some folders; of two plugins with the same id the first one found counts.</summary>
    /// <param name="folders">Each is a plugin's folder, or contains one folder per plugin. Hidden folders are skipped.</param>
    /// <param name="options">Settings of the catalog.</param>
    /// <exception cref="ConfigurationException">A folder is missing or cannot be listed.</exception>
    public static PluginCatalog Discover(IEnumerable<string> folders, PluginCatalogOptions options)
    {
        FaultList faults = new();
        ImmutableArray<PluginFolder> plugins = [.. folders.SelectMany(folder => PluginFoldersIn(folder, faults)).Distinct().Select(PluginFolder.Discover)];
        faults.ThrowIfAny();
        return Of(plugins, options);
    }

    /// <summary>Takes one plugin folder through all steps, for its author.</summary>
    /// <param name="folder">The plugin's folder; a missing one is malformed.</param>
    /// <param name="options">Settings of the catalog, or null for the defaults.</param>
    public static PluginStatus Check(string folder, PluginCatalogOptions? options = null)
    {
        using PluginCatalog catalog = new([PluginFolder.Discover(folder)], options ?? new PluginCatalogOptions());
        return catalog.LoadAll()[0];
    }

    /// <summary>Loads all plugins that can be loaded, and returns all statuses.</summary>
    public ImmutableArray<PluginStatus> LoadAll()
    {
        lock (_gate)
        {
            foreach (PluginFolder plugin in _plugins)
                Load(plugin);
            return Statuses;
        }
    }

    /// <summary>
    /// Reloads a plugin from its folder. Components built before keep the old code until they are disposed and released;
    /// then it is collected.
    /// </summary>
    /// <param name="id">The plugin's id.</param>
    /// <exception cref="InvalidOperationException">The catalog is not <see cref="PluginCatalogOptions.Reloadable"/>.</exception>
    /// <exception cref="ArgumentException">There is no such plugin.</exception>
    public PluginStatus Reload(string id)
    {
        if (!_options.Reloadable)
            throw new InvalidOperationException($"Plugins are reloaded only where {nameof(PluginCatalogOptions)}.{nameof(PluginCatalogOptions.Reloadable)} is set.");
        lock (_gate)
        {
            PluginFolder[] same = [.. _plugins.Where(plugin => plugin.Id == id)];
            PluginFolder chosen = same.FirstOrDefault(plugin => plugin.MayBeUsed) ?? same.FirstOrDefault(plugin => plugin.State != PluginState.Duplicate)
                ?? throw new ArgumentException($"no plugin '{id}'.{Suggestion.Hint(id, _plugins.Select(plugin => plugin.Id))}", nameof(id));
            chosen.Reset();
            Load(chosen);
            return chosen.Status;
        }
    }

    /// <summary>Names of the components available for a role, for messages; "none" if there is none.</summary>
    public string Offered(string role)
    {
        lock (_gate)
            return Joined(Known(role));
    }

    /// <summary>The components of the loaded plugins.</summary>
    internal ImmutableArray<RegisteredComponent> Registered
    {
        get
        {
            lock (_gate)
                return [.. _plugins.Where(plugin => plugin.State == PluginState.Active).SelectMany(plugin => plugin.Loaded!.Components)];
        }
    }

    /// <summary>Deletes the copies of reloadable plugins. Loaded code stays loaded.</summary>
    public void Dispose()
    {
        lock (_gate)
            _shadows.Dispose();
    }

    /// <summary>Marks a plugin whose device is lost: none of its components can be used until the program is restarted.</summary>
    internal void MarkFaulty(string id, string reason)
    {
        lock (_gate)
            _plugins.FirstOrDefault(plugin => plugin.Id == id && plugin.State == PluginState.Active)?.MarkFaulty(reason);
    }

    /// <summary>A catalog of only these plugin folders; a missing one is malformed.</summary>
    public static PluginCatalog Of(IEnumerable<string> pluginFolders, PluginCatalogOptions options) =>
        Of([.. pluginFolders.Select(PluginFolder.Discover)], options);

    /// <summary>Whether a plugin offers a component according to its manifest; it may turn out to be unusable.</summary>
    internal bool Offers(string id, string role, string name)
    {
        lock (_gate)
            return _plugins.Any(plugin => plugin.Id == id && plugin.Offers(role, name));
    }

    /// <summary>Finds a component, and loads its plugin.</summary>
    /// <param name="role">One of <see cref="Roles"/>.</param>
    /// <param name="name">"name", or "plugin-id/name" if two plugins offer it.</param>
    /// <param name="component">The component of an active plugin.</param>
    /// <param name="refusal">Why there is none, and what to do.</param>
    internal bool TryResolve(string role, string name, [NotNullWhen(true)] out RegisteredComponent? component, [NotNullWhen(false)] out string? refusal)
    {
        lock (_gate)
        {
            (component, refusal) = (null, null);
            (string? id, string own) = name.Split('/', 2) is [string owner, string rest] ? (owner, rest) : (null, name);
            PluginFolder[] offering = [.. _plugins.Where(plugin => plugin.Offers(role, own) && (id is null || plugin.Id == id))];
            foreach (PluginFolder plugin in offering)
                Load(plugin);
            PluginFolder[] active = [.. offering.Where(plugin => plugin.State == PluginState.Active)];
            if (active is [PluginFolder only])
                component = only.Loaded!.Components.First(registered => registered.Role == role && registered.Name == own);
            else
                refusal = active.Length > 1 ? Ambiguous(role, own, active) : Unknown(role, name, offering);
            return component is not null;
        }
    }

    private static PluginCatalog Of(ImmutableArray<PluginFolder> plugins, PluginCatalogOptions options)
    {
        Dictionary<string, PluginFolder> claimed = [];
        foreach (PluginFolder plugin in plugins.Where(plugin => plugin.MayBeUsed))
        {
            if (!claimed.TryAdd(plugin.Id, plugin))
                plugin.MarkDuplicate(claimed[plugin.Id]);
        }

        return new PluginCatalog(plugins, options);
    }

    private static string Ambiguous(string role, string name, PluginFolder[] active) =>
        $"{active.Length} plugins offer {role} '{name}'. Write {string.Join(" or ", active.Select(plugin => $"'{plugin.Id}/{name}'"))}.";

    private string Unknown(string role, string name, PluginFolder[] offering)
    {
        // The advice comes at the end; it may be a command, which takes no full stop.
        return offering.Length == 0
            ? $"no plugin offers {role} '{name}'. Known: {Offered(role)}.{Suggestion.Hint(name, Known(role))}"
            : $"{role} '{name}' cannot be used (known: {Offered(role)}): {string.Join("; ", offering.Select(plugin => $"plugin {plugin.Status}"))}";
    }

    private string[] Known(string role)
    {
        PluginFolder[] usable = [.. _plugins.Where(plugin => plugin.MayBeUsed)];
        ILookup<string, PluginFolder> byName = usable.SelectMany(plugin => plugin.Manifest!.Components.GetValueOrDefault(role, []).Select(name => (name, plugin))).ToLookup(pair => pair.name, pair => pair.plugin);
        return [.. byName.SelectMany(offers => offers.Count() == 1 ? [offers.Key] : offers.Select(plugin => $"{plugin.Id}/{offers.Key}")).Order(StringComparer.Ordinal)];
    }

    private static string Joined(string[] names) => names.Length == 0 ? "none" : string.Join(", ", names);

    private void Load(PluginFolder plugin) => plugin.Load(() => _options.Reloadable ? _shadows.Copy(plugin.Path) : plugin.Path, _options);

    private static string[] PluginFoldersIn(string folder, FaultList faults)
    {
        try
        {
            if (File.Exists(Path.Combine(folder, PluginManifest.FileName)))
                return [Path.GetFullPath(folder)];

            return [.. Directory.EnumerateDirectories(Path.GetFullPath(folder)).Where(plugin => !Path.GetFileName(plugin).StartsWith('.')).Order(StringComparer.Ordinal)];
        }
        catch (Exception unlistable) when (unlistable is IOException or UnauthorizedAccessException)
        {
            string what = Directory.Exists(folder) ? $"the folder cannot be listed: {unlistable.Message}" : "no such folder.";
            faults.Add(new Origin(folder), $"{what} A folder of plugins contains one folder per plugin, each with a {PluginManifest.FileName}.");
            return [];
        }
    }
}
