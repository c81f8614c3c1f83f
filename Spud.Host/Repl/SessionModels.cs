using Spud.Composition;
using Spud.Configuration;
using Spud.Generation;
using Spud.Plugins;

namespace Spud.Host.Repl;

/// <summary>Composes the pipelines of a session; with <c>--reload</c>, again with the current contents of the plugin folders.</summary>
/// <param name="setup">Plugins, threads.</param>
/// <param name="loop">Runs the steps of all of them.</param>
/// <param name="log">Receives messages of the composer and of plugins.</param>
internal sealed class SessionModels(SessionSetup setup, StepLoop loop, Action<string> log)
{
    private string[] _used = [];

    /// <summary>Plugins that were unusable from the start, such as backends that are not set up: no pipeline of this session needs them.</summary>
    private readonly string[] _unavailable = [.. setup.Plugins.Statuses.Where(plugin => plugin.State != PluginState.Discovered).Select(plugin => plugin.Id)];

    /// <summary>The plugins that the pipeline uses, as text.</summary>
    public string Plugins => string.Join(", ", setup.Plugins.Statuses.Where(plugin => _used.Contains(plugin.Id)).Select(plugin => $"{plugin.Id} {plugin.Version}"));

    /// <summary>Composes a pipeline.</summary>
    /// <exception cref="BadInputException">There is no model, or it has no chat template.</exception>
    /// <inheritdoc cref="LanguageModel.Load" path="/exception"/>
    /// <param name="source">Its source.</param>
    /// <param name="former">The one that it replaces; null if none.</param>
    public LanguageModel Load(PipelineSource source, LanguageModel? former = null)
    {
        PipelineDocument document = source.Read();
        foreach (string file in document.Files.Append(source.File).OfType<string>())
            setup.Files.Reads(file);

        PipelineOptions options = new() { DefaultModel = ModelLoader.ModelOf(document), Threads = setup.Threads, Sequences = HeldTexts.Sequences, FullSequences = 1, StepSequences = 1, Log = log };
        LanguageModel model = LanguageModel.Load(document, setup.Plugins, options, loop, former);
        try
        {
            model.ChatTemplate = setup.Template;
            Chat.RequireTemplate(model);
            foreach (string part in model.Pipeline.File.Files)
                setup.Files.Reads(part);
        }
        catch
        {
            model.Dispose();
            throw;
        }

        _used = [.. setup.Plugins.Statuses.Where(plugin => plugin.State == PluginState.Active).Select(plugin => plugin.Id)];
        return model;
    }

    /// <summary>Reloads the plugins that the last pipeline used or that a later one failed to use, and composes the pipeline.</summary>
    /// <exception cref="BadInputException">A plugin can no longer be used; the message says which, why and what to do.</exception>
    /// <inheritdoc cref="Load" path="/exception"/>
    public LanguageModel LoadAgain(PipelineSource source)
    {
        PluginCatalog plugins = setup.Plugins;
        string[] tried = [.. plugins.Statuses.Where(plugin => _used.Contains(plugin.Id) || plugin.State is PluginState.Faulty or PluginState.Unavailable).Select(plugin => plugin.Id)];
        PluginStatus[] failed = [.. tried.Distinct().Select(plugins.Reload).Where(plugin => plugin.State != PluginState.Active && !_unavailable.Contains(plugin.Id))];
        try
        {
            return Load(source);
        }
        catch (Exception fault) when (failed.Length > 0 && fault is (ConfigurationException or CompositionException))
        {
            // The composer reports components that these plugins no longer offer.
            throw new BadInputException(string.Join('\n', failed.Select(plugin => $"plugin {plugin}")));
        }
    }
}
