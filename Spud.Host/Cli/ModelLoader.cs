using System.CommandLine;
using Spud.Composition;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>Makes the model that a command line asks for.</summary>
/// <param name="arguments">The command's pipeline options.</param>
/// <param name="shell">Gets notes and progress.</param>
internal sealed class ModelLoader(PipelineArguments arguments, Shell shell)
{
    /// <summary>Sequences alive at once.</summary>
    public int Sequences { get; init; } = 1;

    /// <summary>Most rows of a step whose logits are read.</summary>
    public int LogitRows { get; init; } = 1;

    /// <summary>The longest text, where the command line does not say; null: the model's.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Changes to the pipeline that the command makes, after those of the command line.</summary>
    public IEnumerable<string> Edits { get; init; } = [];

    /// <summary>Stands in the place of each router; null: the router itself.</summary>
    public Func<IRouter, ModelDescription, IRouter>? Tap { get; init; }

    /// <summary>Composes the pipeline of the plugins in sight.</summary>
    /// <exception cref="BadInputException">A plugin folder or every model is missing.</exception>
    /// <exception cref="ConfigurationException">The pipeline has faults.</exception>
    /// <exception cref="CompositionException">Components, model and machine do not go together.</exception>
    public LanguageModel Load(ParseResult parsed) => Load(parsed, arguments.Catalog(parsed));

    /// <summary>Composes the pipeline.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="plugins">Who offers components.</param>
    /// <exception cref="BadInputException">Every model is missing.</exception>
    /// <exception cref="ConfigurationException">The pipeline has faults.</exception>
    /// <exception cref="CompositionException">Components, model and machine do not go together.</exception>
    public LanguageModel Load(ParseResult parsed, PluginCatalog plugins)
    {
        PipelineDocument document = arguments.Document(parsed, ContextTokens, Edits);
        string model = ModelOf(document);
        PipelineOptions options = new()
        {
            DefaultModel = model,
            Threads = arguments.Threads(parsed),
            Sequences = Sequences,
            LogitRows = LogitRows,
            Tap = Tap,
            Log = line => shell.Say($"note: {line}"),
        };
        return Loading.Show($"loading {Path.GetFileName(model)}", () => LanguageModel.Load(document, plugins, options), shell);
    }

    /// <summary>The model file of a pipeline.</summary>
    /// <exception cref="BadInputException">It names none, and the embedded one is not there.</exception>
    public static string ModelOf(PipelineDocument document) => document.Model ?? Places.DefaultModel()
        ?? throw new BadInputException($"the pipeline names no model, and the embedded one, models/{Places.DefaultModelName}, is neither in SPUD_HOME nor above {AppContext.BaseDirectory}. Name one: -m FILE.gguf");
}
