using System.CommandLine;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>The option of every command that loads plugins.</summary>
internal sealed class PluginArguments
{
    private readonly Option<string[]> _plugins = new("--plugins")
    {
        Description = "Also use the plugins in this folder (or the plugin in it), instead of installed ones with the same id; may be repeated.",
        HelpName = "DIR",
    };

    private readonly Shell _shell;

    /// <summary>Adds the option to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="shell">Informed which plugins are replaced by those of a named folder.</param>
    public PluginArguments(Command command, Shell shell)
    {
        _shell = shell;
        command.Options.Add(_plugins);
    }

    /// <summary>How plugins are loaded: a probe that may crash runs in a second process of this program.</summary>
    public static PluginCatalogOptions CatalogOptions { get; } = new() { ProbeCommand = ProbePluginCommand.Start };

    /// <summary>Folders that are searched for plugins.</summary>
    /// <exception cref="BadInputException">A folder does not exist.</exception>
    public IReadOnlyList<string> Folders(ParseResult parsed) => Places.PluginFolders(parsed.GetValue(_plugins) ?? []);

    /// <summary>Whether a folder of plugins was named on the command line.</summary>
    public bool AreNamed(ParseResult parsed) => parsed.GetValue(_plugins) is { Length: > 0 };

    /// <summary>The plugins found.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="reloadable">Whether they can be reloaded; figures are then not measured.</param>
    /// <exception cref="BadInputException">A folder does not exist.</exception>
    public PluginCatalog Catalog(ParseResult parsed, bool reloadable = false)
    {
        PluginCatalog catalog = PluginCatalog.Discover(Folders(parsed), reloadable ? new() { ProbeCommand = ProbePluginCommand.Start, Reloadable = true } : CatalogOptions);
        foreach (PluginStatus replaced in catalog.Statuses.Where(plugin => plugin.State == PluginState.Duplicate && !IsNamed(plugin, parsed)))
            _shell.Say($"note: plugin '{replaced.Id}' is taken from {catalog.Statuses.First(plugin => plugin.Id == replaced.Id && plugin.State != PluginState.Duplicate).Folder}, not from {replaced.Folder} (--plugins).");

        return catalog;
    }

    private bool IsNamed(PluginStatus plugin, ParseResult parsed) => (parsed.GetValue(_plugins) ?? []).Select(Path.GetFullPath)
        .Select(Path.TrimEndingDirectorySeparator).Any(folder => plugin.Folder == folder || Path.GetDirectoryName(plugin.Folder) == folder);
}
