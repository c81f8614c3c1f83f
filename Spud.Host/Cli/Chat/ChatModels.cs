using System.CommandLine;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>Composes the pipeline of a chat, and with <c>--reload</c> once more with what its file and the plugins' folders hold by then.</summary>
/// <param name="loader">Makes the model.</param>
/// <param name="plugins">Owned by the caller.</param>
/// <param name="parsed">The command line.</param>
/// <param name="reloads">Whether the plugins may be loaded anew.</param>
internal sealed class ChatModels(ModelLoader loader, PluginCatalog plugins, ParseResult parsed, bool reloads)
{
    private string[] _used = [];

    /// <summary>Plugins that could not be used from the beginning, such as backends that are not set up: no pipeline of this chat misses them.</summary>
    private readonly string[] _unavailable = [.. plugins.Statuses.Where(plugin => plugin.State != PluginState.Discovered).Select(plugin => plugin.Id)];

    /// <summary>Whether <see cref="LoadAgain"/> may be called.</summary>
    public bool Reloads => reloads;

    /// <summary>The plugins that serve the pipeline, for people.</summary>
    public string Plugins => string.Join(", ", plugins.Statuses.Where(plugin => _used.Contains(plugin.Id)).Select(plugin => $"{plugin.Id} {plugin.Version}"));

    /// <summary>Composes the pipeline.</summary>
    /// <inheritdoc cref="ModelLoader.Load(ParseResult, PluginCatalog)" path="/exception"/>
    public LanguageModel Load()
    {
        LanguageModel model = loader.Load(parsed, plugins);
        _used = [.. plugins.Statuses.Where(plugin => plugin.State == PluginState.Active).Select(plugin => plugin.Id)];
        return model;
    }

    /// <summary>Loads the plugins anew that the last pipeline used or one since then could not, and composes the pipeline.</summary>
    /// <exception cref="BadInputException">A plugin cannot be used any more; the message says which, why and what to do.</exception>
    /// <inheritdoc cref="ModelLoader.Load(ParseResult, PluginCatalog)" path="/exception"/>
    public LanguageModel LoadAgain()
    {
        string[] tried = [.. plugins.Statuses.Where(plugin => _used.Contains(plugin.Id) || plugin.State is PluginState.Faulty or PluginState.Unavailable).Select(plugin => plugin.Id)];
        PluginStatus[] failed = [.. tried.Distinct().Select(plugins.Reload).Where(plugin => plugin.State != PluginState.Active && !_unavailable.Contains(plugin.Id))];
        try
        {
            return Load();
        }
        catch (Exception fault) when (failed.Length > 0 && fault is (ConfigurationException or CompositionException))
        {
            // What the composer misses is what these do not offer any more.
            throw new BadInputException(string.Join('\n', failed.Select(plugin => $"plugin {plugin}")));
        }
    }
}
