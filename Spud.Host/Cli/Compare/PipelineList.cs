using System.CommandLine;
using Spud.Composition;
using Spud.Configuration;
using Spud.Evaluation.Comparison;
using Spud.Generation;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>The pipelines to compare: files of pipelines and models, and variations of each.</summary>
internal sealed class PipelineList
{
    private readonly Argument<string[]> _files = new("pipelines") { Description = "Pipeline files, or model files (.gguf), which take the pipeline of -p or the default one; each is compared with the first. Default: that pipeline alone.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string[]> _vary = new("--vary") { Description = "Compare a pipeline with itself under several values, such as cache.format=f16,f32; repeated: every combination.", HelpName = "PATH=V1,V2" };
    private readonly PipelineArguments _arguments;
    private readonly Shell _shell;

    public PipelineList(Command command, Shell shell)
    {
        _shell = shell;
        command.Arguments.Add(_files);
        command.Options.Add(_vary);
        _arguments = new(command, shell);
    }

    /// <summary>The threads that all of them share.</summary>
    public StepLoop Loop(ParseResult parsed) => new(_arguments.Threads(parsed));

    /// <summary>Composes all of them, in order; the caller owns them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="loop">The threads they compute on.</param>
    /// <param name="textTokens">Maximum length of a text.</param>
    /// <param name="tasks">The additional tasks.</param>
    /// <exception cref="BadInputException">There are too few, or some are duplicates.</exception>
    public List<ComparedPipeline> Load(ParseResult parsed, StepLoop loop, int textTokens, ComparedTasks tasks)
    {
        (int contextTokens, int wanted) = (Math.Max(textTokens, tasks.RequiredTokens), tasks.WantedTokens);
        (string Name, PipelineDocument Document)[] documents = [.. Documents(parsed, contextTokens)];
        if (wanted > contextTokens && documents.Length > 0)
            documents = [.. Documents(parsed, Math.Max(contextTokens, Math.Min(wanted, ModelLoader.UsualContext(documents[0].Document))))];
        if (documents.Length < (tasks.Any ? 1 : 2))
            throw new BadInputException("a comparison needs at least two pipelines. Name a second file, or vary an option: --vary cache.format=f16,f32");

        if (documents.FirstOrDefault(document => document.Document.ContextTokens < contextTokens).Document is { ContextTokens: { } context })
            throw new BadInputException($"--ctx: expected at least {contextTokens} tokens for this comparison, got {context}.");

        PluginCatalog catalog = _arguments.Catalog(parsed);
        List<ComparedPipeline> loaded = [];
        try
        {
            foreach ((string name, PipelineDocument document) in documents)
                loaded.Add(ComparedPipeline.Load(name, () => Load(parsed, loop, name, document, catalog), textTokens));

            return loaded;
        }
        catch
        {
            loaded.ForEach(pipeline => pipeline.Model.Dispose());
            throw;
        }
    }

    private LanguageModel Load(ParseResult parsed, StepLoop loop, string name, PipelineDocument document, PluginCatalog catalog)
    {
        string model = ModelLoader.ModelOf(document);
        ModelLoader.NoteBudget(document, _shell);
        PipelineOptions options = new()
        {
            DefaultModel = model,
            Threads = _arguments.Threads(parsed),
            LogitRows = ComparedPipeline.LogitRowsFor(model),
            Log = line => _shell.Say($"note: {name}: {line}"),
        };
        return Loading.Show($"loading {name}", () => LanguageModel.Load(document, catalog, options, loop), _shell);
    }

    private IEnumerable<(string Name, PipelineDocument Document)> Documents(ParseResult parsed, int contextTokens)
    {
        string[] files = parsed.GetValue(_files) ?? [];
        string? named = _arguments.File(parsed);
        if (named is not null && files.Any(file => !IsModel(file)))
            throw new BadInputException("the pipelines are given twice (arguments and -p). Use one.");

        string[][] variations = [.. Variation.Combinations(parsed.GetValue(_vary) ?? [])];
        string?[] sources = files.Length > 0 ? [.. files] : [named];
        bool unique = sources.Select(Path.GetFileName).Distinct().Count() == sources.Length;
        foreach (string? source in sources)
        {
            foreach (string[] edits in variations)
            {
                string? file = sources.Length == 1 && edits.Length > 0 ? null : unique ? Path.GetFileName(source) : source;
                string[] parts = [.. file is null ? Array.Empty<string>() : [file], .. edits];
                yield return (parts.Length == 0 ? "default" : string.Join(' ', parts), _arguments.Document(parsed, IsModel(source) ? named : source, [.. ModelOf(source), .. edits.Select(edit => new PipelineEdit(edit, $"--vary {edit}"))], contextTokens));
            }
        }
    }
    private static bool IsModel(string? file) => Path.GetExtension(file) == ".gguf";

    private static IEnumerable<PipelineEdit> ModelOf(string? source) => IsModel(source) ? [PipelineArguments.ModelEdit(source!, source!)] : [];
}
