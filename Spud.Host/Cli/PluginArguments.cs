using System.CommandLine;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>The option of every command that loads plugins.</summary>
internal sealed class PluginArguments
{
    private readonly Option<string[]> _plugins = new("--plugins") { Description = "Look for plugins in this folder too; may be repeated.", HelpName = "DIR" };

    /// <summary>Adds the option to a command.</summary>
    public PluginArguments(Command command) => command.Options.Add(_plugins);

    /// <summary>How plugins are treated: a probe that may crash runs in a second process of this program.</summary>
    public static PluginCatalogOptions CatalogOptions { get; } = new() { ProbeCommand = ProbePluginCommand.Start };

    /// <summary>Folders that are searched for plugins.</summary>
    /// <exception cref="BadInputException">A folder is not there.</exception>
    public IReadOnlyList<string> Folders(ParseResult parsed) => Places.PluginFolders(parsed.GetValue(_plugins) ?? []);

    /// <summary>The plugins in sight.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="reloadable">Whether they may be loaded anew; no figure is measured then.</param>
    /// <exception cref="BadInputException">A folder is not there.</exception>
    public PluginCatalog Catalog(ParseResult parsed, bool reloadable = false) =>
        PluginCatalog.Discover(Folders(parsed), reloadable ? new() { ProbeCommand = ProbePluginCommand.Start, Reloadable = true } : CatalogOptions);
}
