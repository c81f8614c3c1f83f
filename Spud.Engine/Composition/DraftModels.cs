using System.Text;
using System.Text.Json;
using Spud.Configuration;
using Spud.Execution;
using Spud.Models;
using Spud.Models.Families;
using Spud.Models.Messages;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>Composes the pipeline of a drafter's model: the default one, on the threads of the pipeline that it drafts for.</summary>
/// <param name="target">File of the model that it drafts for.</param>
/// <param name="limits">Limits of that model's pipeline.</param>
/// <param name="options">Its settings.</param>
/// <param name="workers">Its threads.</param>
/// <param name="plugins">Plugins that offer components.</param>
internal sealed class DraftModels(GgufFile target, Limits limits, PipelineOptions options, WorkerThreads workers, PluginCatalog plugins)
{
    private const string Pieces = "tokenizer.ggml.tokens";

    /// <summary>The model that was opened; null for none.</summary>
    public DraftModel? Opened { get; private set; }

    /// <summary>Opens a model.</summary>
    /// <param name="path">A GGUF file.</param>
    /// <exception cref="RefusedException">The file cannot be read, its tokens are not those of the target, or it cannot be composed.</exception>
    /// <exception cref="InvalidOperationException">There is one already.</exception>
    public DraftModel Open(string path)
    {
        if (Opened is not null)
            throw new InvalidOperationException("a drafter has one draft model, and it is open");

        try
        {
            (int vocabulary, int context) = Read(path);
            PipelineDocument document = PipelineDocument.Load(null, [$"model=\"{JsonEncodedText.Encode(path)}\"", $"context={Math.Min(context, limits.ContextTokens)}"]);
            Pipeline pipeline = PipelineComposer.Compose(document, plugins, Settings(), workers);
            return Opened = new(pipeline, pipeline.Engine, limits.Sequences, vocabulary);
        }
        catch (Exception fault) when (fault is ModelFileException or ConfigurationException or CompositionException or InsufficientMemoryException)
        {
            throw new RefusedException($"its draft model: {fault.Message}");
        }
    }

    private PipelineOptions Settings() => new()
    {
        Sequences = limits.Sequences,
        StepSequences = 1,
        Rows = limits.Rows,
        CacheTokens = options.CacheTokens,
        FullSequences = options.FullSequences,
        Log = options.Log,
    };

    private (int Vocabulary, int Context) Read(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        RequireSameTokens(file);
        return (file.Metadata.CountOf(Pieces), ModelReader.Read(file).Description.ContextTokens);
    }

    /// <exception cref="RefusedException">The tokens differ.</exception>
    private void RequireSameTokens(GgufFile draft)
    {
        Utf8Strings ours = target.Metadata.RequireUtf8Strings(Pieces), theirs = draft.Metadata.RequireUtf8Strings(Pieces);
        int both = Math.Min(ours.Count, theirs.Count), id = 0;
        while (id < both && ours[id].SequenceEqual(theirs[id]))
            id++;

        if (id == both && ours.Count == theirs.Count)
            return;

        string where = id < both ? $"token {id} is {Piece(theirs[id])}, and {Piece(ours[id])} in the model" : $"the first {both} tokens are the same";
        throw new RefusedException(
            $"its draft model {draft.Path} has another tokenizer than the model: {where}. "
            + $"It has {theirs.Count} tokens, the model {ours.Count}. Use a draft model with the same tokenizer, usually one of the same family.");
    }

    private static string Piece(ReadOnlySpan<byte> utf8) => $"'{QuotedText.Of(Encoding.UTF8.GetString(utf8))}'";
}
