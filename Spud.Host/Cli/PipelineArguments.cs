using System.CommandLine;
using System.Text.Json;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>The options of every command that has to do with a pipeline: which model, which components, which plugins, how many threads.</summary>
internal sealed class PipelineArguments
{
    private readonly Option<string?> _model = new("--model", "-m") { Description = "The model, a GGUF file. Default: the embedded one.", HelpName = "FILE" };
    private readonly Option<string?> _pipeline = new("--pipeline", "-p") { Description = "The pipeline. Default: what the plugins that came with Spud offer.", HelpName = "FILE" };
    private readonly Option<string[]> _set = new("--set") { Description = "Change the pipeline, such as cache.format=f32; may be repeated.", HelpName = "PATH=VALUE" };
    private readonly Option<int?> _threads = Values.Integer("--threads", 1, 1024, $"Threads that compute. Default: {Environment.ProcessorCount}, the processors of this machine.");
    private readonly Option<int?> _context = Values.Integer("--ctx", 1, int.MaxValue, "The longest text in tokens, prompt and answer together. Default: the model's.");
    private readonly PluginArguments _plugins;

    /// <summary>Adds the options to a command.</summary>
    public PipelineArguments(Command command)
    {
        foreach (Option option in new Option[] { _model, _pipeline, _set, _threads, _context })
            command.Options.Add(option);

        _plugins = new(command);
    }

    /// <summary>The pipeline as its author wrote it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="contextTokens">The longest text, where the command line does not say; null: the file's or the model's.</param>
    /// <param name="edits">Changes that the command makes, last; null: none.</param>
    /// <exception cref="ConfigurationException">The file or an edit has faults.</exception>
    public PipelineDocument Document(ParseResult parsed, int? contextTokens = null, IEnumerable<string>? edits = null) =>
        Document(parsed, parsed.GetValue(_pipeline), edits ?? [], contextTokens);

    /// <summary>One of several pipelines.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="path">Its file; null: the default pipeline.</param>
    /// <param name="edits">What sets it apart; these come last.</param>
    /// <param name="contextTokens">The longest text, where the command line does not say.</param>
    /// <exception cref="ConfigurationException">The file or an edit has faults.</exception>
    public PipelineDocument Document(ParseResult parsed, string? path, IEnumerable<string> edits, int? contextTokens) =>
        PipelineDocument.Load(path, Edits(parsed, parsed.GetValue(_context) ?? contextTokens).Concat(edits));

    /// <summary>The file of <c>-p</c>.</summary>
    public string? File(ParseResult parsed) => parsed.GetValue(_pipeline);

    /// <inheritdoc cref="PluginArguments.Catalog"/>
    public PluginCatalog Catalog(ParseResult parsed, bool reloadable = false) => _plugins.Catalog(parsed, reloadable);

    /// <summary>Folders that are searched for plugins.</summary>
    public IReadOnlyList<string> Folders(ParseResult parsed) => _plugins.Folders(parsed);

    /// <summary>Threads that compute.</summary>
    public int Threads(ParseResult parsed) => parsed.GetValue(_threads) ?? Environment.ProcessorCount;

    // Options with a name of their own come after --set, because they are the plainer wish.
    private IEnumerable<string> Edits(ParseResult parsed, int? contextTokens)
    {
        foreach (string edit in parsed.GetValue(_set) ?? [])
            yield return edit;

        // Quoted, or a file named 'true' would be no text.
        if (parsed.GetValue(_model) is { } model)
            yield return $"model=\"{JsonEncodedText.Encode(model)}\"";
        if (contextTokens is { } context)
            yield return $"context={context}";
    }
}
