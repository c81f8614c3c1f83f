using System.CommandLine;
using System.Text.Json;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>The options of every command that uses a pipeline: model, components, plugins and number of threads.</summary>
internal sealed class PipelineArguments
{
    private readonly Option<string?> _model = new("--model", "-m") { Description = "The model: a GGUF file. Default: the embedded model.", HelpName = "FILE" };
    private readonly Option<string?> _pipeline = new("--pipeline", "-p") { Description = "The pipeline: a JSON file. Default: the components that come with Spud.", HelpName = "FILE" };
    private readonly Option<string[]> _set = new("--set") { Description = "Change the pipeline, for example cache.format=f32; may be repeated.", HelpName = "PATH=VALUE" };
    private readonly Option<int?> _threads = Values.Integer("--threads", 1, 1024, $"Compute threads. Default: {Environment.ProcessorCount}, this machine's processors.");
    private readonly Option<int?> _context = Values.Integer("--ctx", 1, int.MaxValue, "Context length in tokens, prompt and answer together. Default: the model's.");
    private readonly PluginArguments _plugins;
    private readonly Shell _shell;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="shell">Records which files are read.</param>
    public PipelineArguments(Command command, Shell shell)
    {
        _shell = shell;
        foreach (Option option in new Option[] { _model, _pipeline, _set, _threads, _context })
            command.Options.Add(option);

        _plugins = new(command, shell);
    }

    /// <summary>The pipeline as its author wrote it; faults are reported when it is composed.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="contextTokens">Maximum length of a text, if not given on the command line; null for the file's or the model's.</param>
    /// <param name="edits">Changes made by the command, applied last; null for none.</param>
    public PipelineDocument Document(ParseResult parsed, int? contextTokens = null, IEnumerable<PipelineEdit>? edits = null) =>
        Document(parsed, parsed.GetValue(_pipeline), edits ?? [], contextTokens);

    /// <summary>One of several pipelines.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="path">Its file; null for the default pipeline.</param>
    /// <param name="edits">Changes specific to this pipeline, applied last.</param>
    /// <param name="contextTokens">Maximum length of a text, if not given on the command line.</param>
    public PipelineDocument Document(ParseResult parsed, string? path, IEnumerable<PipelineEdit> edits, int? contextTokens)
    {
        if (path is not null)
            _shell.Files.Reads(path);

        PipelineDocument document = PipelineDocument.Read(path, Edits(parsed, parsed.GetValue(_context) ?? contextTokens).Concat(edits));
        foreach (string file in document.Files.Append(Places.DefaultModel()).OfType<string>())
            _shell.Files.Reads(file);

        return document;
    }

    /// <summary>The source of the pipeline, for later changes.</summary>
    public PipelineSource Source(ParseResult parsed) => new(File(parsed), [.. Edits(parsed, parsed.GetValue(_context))]);

    /// <summary>The file given with <c>-p</c>.</summary>
    public string? File(ParseResult parsed) => parsed.GetValue(_pipeline);

    /// <summary>The file given with <c>-m</c>.</summary>
    public string? Model(ParseResult parsed) => parsed.GetValue(_model);

    /// <summary>The changes of <c>--set</c> and <c>--ctx</c> as text.</summary>
    public IEnumerable<string> PlainEdits(ParseResult parsed)
    {
        foreach (string edit in parsed.GetValue(_set) ?? [])
            yield return edit;
        if (parsed.GetValue(_context) is { } context)
            yield return $"context={context}";
    }

    /// <summary>Whether the number of threads was given.</summary>
    public bool IsThreadsGiven(ParseResult parsed) => parsed.GetValue(_threads) is not null;

    /// <inheritdoc cref="PluginArguments.Catalog"/>
    public PluginCatalog Catalog(ParseResult parsed, bool reloadable = false) => _plugins.Catalog(parsed, reloadable);

    /// <summary>Folders that are searched for plugins.</summary>
    public IReadOnlyList<string> Folders(ParseResult parsed) => _plugins.Folders(parsed);

    /// <inheritdoc cref="PluginArguments.AreNamed"/>
    public bool NamesPlugins(ParseResult parsed) => _plugins.AreNamed(parsed);

    /// <summary>The threads to compute on.</summary>
    public int Threads(ParseResult parsed) => parsed.GetValue(_threads) ?? Environment.ProcessorCount;

    /// <summary>Sets the model.</summary>
    /// <param name="file">The file.</param>
    /// <param name="origin">The user's input, for messages.</param>
    // Quoted, or a file named 'true' would not be a string.
    public static PipelineEdit ModelEdit(string file, string origin) => new($"model=\"{JsonEncodedText.Encode(file)}\"", origin);

    // Options with their own name come after --set, because they are more explicit.
    private IEnumerable<PipelineEdit> Edits(ParseResult parsed, int? contextTokens)
    {
        foreach (string edit in parsed.GetValue(_set) ?? [])
            yield return new(edit);

        if (parsed.GetValue(_model) is { } model)
            yield return ModelEdit(model, $"-m {model}");
        if (contextTokens is { } context)
            yield return new($"context={context}", $"--ctx {context}");
    }
}
