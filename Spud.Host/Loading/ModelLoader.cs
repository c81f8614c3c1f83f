using System.CommandLine;
using Spud.Composition;
using Spud.Configuration;
using Spud.Models;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>Loads the model specified by a command line.</summary>
/// <param name="arguments">Pipeline options of the command.</param>
/// <param name="shell">Receives notes and progress.</param>
internal sealed class ModelLoader(PipelineArguments arguments, Shell shell)
{
    /// <summary>Maximum number of live sequences.</summary>
    public int Sequences { get; init; } = 1;

    /// <summary>Maximum number of rows of a step whose logits are read.</summary>
    public int LogitRows { get; init; } = 1;

    /// <summary>Maximum number of rows of a step.</summary>
    public int Rows { get; init; } = PipelineOptions.DefaultRows;

    /// <summary>Whether the command generates no answer, so that the pipeline's budget does not apply; the user is informed.</summary>
    public bool IgnoresBudget { get; init; }

    /// <summary>Maximum length of a text, if not given on the command line; null for the model's.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Changes to the pipeline made by the command, after those of the command line.</summary>
    public IEnumerable<PipelineEdit> Edits { get; init; } = [];

    /// <summary>Wraps each router; null for no wrapper.</summary>
    public Func<IRouter, ModelDescription, IRouter>? RoutingProbe { get; init; }

    /// <summary>Replaces the cache; null for no replacement.</summary>
    public Func<ICachePolicy, ModelDescription, Limits, ICachePolicy>? CacheProbe { get; init; }

    /// <inheritdoc cref="PipelineOptions.DepthProbe"/>
    public Func<ModelDescription, ILeavesEarly>? DepthProbe { get; init; }

    /// <summary>Composes the pipeline from the plugins found.</summary>
    /// <exception cref="BadInputException">A plugin folder is missing, or there is no model.</exception>
    /// <exception cref="ConfigurationException">The pipeline has faults.</exception>
    /// <exception cref="CompositionException">Components, model and machine are incompatible.</exception>
    public LanguageModel Load(ParseResult parsed) => Load(parsed, arguments.Catalog(parsed));

    /// <summary>Composes the pipeline.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="plugins">The plugins that offer components.</param>
    /// <exception cref="BadInputException">There is no model.</exception>
    /// <exception cref="ConfigurationException">The pipeline has faults.</exception>
    /// <exception cref="CompositionException">Components, model and machine are incompatible.</exception>
    public LanguageModel Load(ParseResult parsed, PluginCatalog plugins)
    {
        PipelineDocument document = arguments.Document(parsed, ContextTokens, Edits);
        string model = ModelOf(document);
        if (IgnoresBudget)
            NoteBudget(document, shell);

        PipelineOptions options = new()
        {
            DefaultModel = model,
            Threads = arguments.Threads(parsed),
            Sequences = Sequences,
            Rows = Rows,
            LogitRows = LogitRows,
            RoutingProbe = RoutingProbe,
            CacheProbe = CacheProbe,
            DepthProbe = DepthProbe,
            Log = line => shell.Say($"note: {line}"),
        };
        LanguageModel loaded = Loading.Show($"loading {Path.GetFileName(model)}", () => LanguageModel.Load(document, plugins, options), shell);
        foreach (string part in loaded.Pipeline.File.Files)
            shell.Files.Reads(part);

        return loaded;
    }

    /// <summary>Tells the user that a pipeline's budget does not limit a measurement.</summary>
    public static void NoteBudget(PipelineDocument document, Shell shell)
    {
        if (document.ComputeUnits is { } units)
            shell.Say(FormattableString.Invariant($"note: the pipeline's budget of {units} CU limits answers (run, chat); it does not limit this command."));
    }

    /// <summary>
    /// Default context of a pipeline, in tokens: the length the model was trained for, or extended by RoPE scaling; 0 if the file does not say.
    /// </summary>
    /// <exception cref="ModelFileException">The file cannot be read.</exception>
    /// <exception cref="CompositionException">The model reaches that length without the scaling.</exception>
    public static int UsualContext(PipelineDocument document)
    {
        using GgufFile file = GgufFile.Open(ModelOf(document));
        if (document.RopeOf(file) is { } rope)
            return rope.ReachTokens;

        return file.Metadata.TryGetString("general.architecture", out string? architecture) && file.Metadata.TryGetInt($"{architecture}.context_length", out int tokens) ? tokens : 0;
    }

    /// <summary>The model file of a pipeline.</summary>
    /// <exception cref="BadInputException">The pipeline names none, and the embedded one is missing.</exception>
    public static string ModelOf(PipelineDocument document) => document.Model ?? Places.DefaultModel()
        ?? throw new BadInputException($"the pipeline names no model, and the embedded one, models/{Places.DefaultModelName}, is neither in SPUD_HOME nor above {AppContext.BaseDirectory}. Name one: -m FILE.gguf");
}
