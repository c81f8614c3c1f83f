using System.CommandLine;
using Spud.Composition;
using Spud.Configuration;
using Spud.Models;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>Makes the model that a command line asks for.</summary>
/// <param name="arguments">The command's pipeline options.</param>
/// <param name="shell">Gets notes and progress.</param>
internal sealed class ModelLoader(PipelineArguments arguments, Shell shell)
{
    /// <summary>Sequences alive at once.</summary>
    public int Sequences { get; init; } = 1;

    /// <summary>Maximum number of rows of a step whose logits are read.</summary>
    public int LogitRows { get; init; } = 1;

    /// <summary>Maximum rows of a step.</summary>
    public int Rows { get; init; } = PipelineOptions.DefaultRows;

    /// <summary>Whether the command does not answer, so that the pipeline's budget does not apply; the user is told.</summary>
    public bool IgnoresBudget { get; init; }

    /// <summary>The longest text, where the command line does not say; null: the model's.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Changes to the pipeline that the command makes, after those of the command line.</summary>
    public IEnumerable<PipelineEdit> Edits { get; init; } = [];

    /// <summary>Wraps each router; null: the router itself.</summary>
    public Func<IRouter, ModelDescription, IRouter>? RoutingProbe { get; init; }

    /// <summary>Stands in for the cache; null: the cache itself.</summary>
    public Func<ICachePolicy, ModelDescription, Limits, ICachePolicy>? CacheProbe { get; init; }

    /// <summary>Composes the pipeline of the plugins in sight.</summary>
    /// <exception cref="BadInputException">A plugin folder or every model is missing.</exception>
    /// <exception cref="ConfigurationException">The pipeline has faults.</exception>
    /// <exception cref="CompositionException">Components, model and machine do not go together.</exception>
    public LanguageModel Load(ParseResult parsed) => Load(parsed, arguments.Catalog(parsed));

    /// <summary>Composes the pipeline.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="plugins">What offers components.</param>
    /// <exception cref="BadInputException">Every model is missing.</exception>
    /// <exception cref="ConfigurationException">The pipeline has faults.</exception>
    /// <exception cref="CompositionException">Components, model and machine do not go together.</exception>
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
            Log = line => shell.Say($"note: {line}"),
        };
        LanguageModel loaded = Loading.Show($"loading {Path.GetFileName(model)}", () => LanguageModel.Load(document, plugins, options), shell);
        foreach (string part in loaded.Pipeline.File.Files)
            shell.Files.Reads(part);

        return loaded;
    }

    /// <summary>Says that a pipeline's budget does not limit a measurement.</summary>
    public static void NoteBudget(PipelineDocument document, Shell shell)
    {
        if (document.ComputeUnits is { } units)
            shell.Say(FormattableString.Invariant($"note: the pipeline's budget of {units} CU limits answers (run, chat); it does not limit this command."));
    }

    /// <summary>Tokens of context that a pipeline has where it does not say: what the model was trained for, or what scaling of RoPE makes of it; 0 where the file does not say.</summary>
    /// <exception cref="ModelFileException">The file cannot be read.</exception>
    /// <exception cref="CompositionException">The model reads as far without the scaling.</exception>
    public static int UsualContext(PipelineDocument document)
    {
        using GgufFile file = GgufFile.Open(ModelOf(document));
        if (document.RopeOf(file) is { } rope)
            return rope.ReachTokens;

        return file.Metadata.TryGetString("general.architecture", out string? architecture) && file.Metadata.TryGetInt($"{architecture}.context_length", out int tokens) ? tokens : 0;
    }

    /// <summary>The model file of a pipeline.</summary>
    /// <exception cref="BadInputException">It names none, and the embedded one is not there.</exception>
    public static string ModelOf(PipelineDocument document) => document.Model ?? Places.DefaultModel()
        ?? throw new BadInputException($"the pipeline names no model, and the embedded one, models/{Places.DefaultModelName}, is neither in SPUD_HOME nor above {AppContext.BaseDirectory}. Name one: -m FILE.gguf");
}
