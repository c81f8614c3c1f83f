using Spud.Composition;
using Spud.Configuration;
using Spud.Generation;
using Spud.Plugins;
using Spud.Server.Settings;

namespace Spud.Server.Models;

/// <summary>Loads models onto the threads that all models of the server share.</summary>
internal sealed partial class ModelLoader : IDisposable
{
    private readonly ServerSettings _settings;
    private readonly ILogger<ModelLoader> _log;
    private readonly Lazy<PluginCatalog> _plugins;

    public ModelLoader(ServerSettings settings, ILogger<ModelLoader> log)
    {
        (_settings, _log) = (settings, log);
        Loop = new(settings.Threads ?? Environment.ProcessorCount);
        _plugins = new(() => PluginCatalog.Discover(settings.Plugins, new PluginCatalogOptions { ProbeCommand = ProbeChild.Command }));
    }

    /// <summary>Runs the steps of all models.</summary>
    public StepLoop Loop { get; }

    /// <summary>What a model's pipeline will take in memory, in bytes.</summary>
    public long BytesOf(ServedModel model) => MemoryForecast.Of(Document(model.Settings), _plugins.Value, Options(model)).Bytes;

    /// <summary>Composes a model's pipeline.</summary>
    public LanguageModel Load(ServedModel model)
    {
        LanguageModel loaded = LanguageModel.Load(Document(model.Settings), _plugins.Value, Options(model), Loop);
        try
        {
            loaded.ChatTemplate = model.Template();
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Loop.Dispose();
        if (_plugins.IsValueCreated)
            _plugins.Value.Dispose();
    }

    private PipelineOptions Options(ServedModel model) => new()
    {
        Sequences = _settings.Sequences,
        FullSequences = _settings.FullSequences is { } full ? Math.Min(full, _settings.Sequences) : null,
        Rows = Math.Max(_settings.Rows, _settings.Sequences),
        LogitRows = _settings.Sequences,
        TokenGap = TimeSpan.FromSeconds(_settings.TokenGapSeconds),
        KeptTokens = _settings.KeptTokens,
        SwapFolder = _settings.SwapFolder,
        Log = line => Noted(model.Name, line),
    };

    private static PipelineDocument Document(ModelSettings settings)
    {
        IEnumerable<PipelineEdit> edits = settings.Set.Select(static edit => new PipelineEdit(edit));
        // Quoted, or a file named 'true' would not be a string.
        if (settings.Model is { } file)
            edits = edits.Append(new($"model=\"{System.Text.Json.JsonEncodedText.Encode(file)}\"", $"{ServerSettings.Section}: Model"));

        return PipelineDocument.Read(settings.Pipeline, edits);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "model {Model}: {Note}")]
    private partial void Noted(string model, string note);
}
