using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Generation;
using Spud.Models;
using Spud.Plugins;
using Spud.Text.ChatTemplates;
using Spud.Text.Tokenization;

namespace Spud;

/// <summary>
/// A composed pipeline with its tokenizer and chat template: what a program that embeds Spud holds. Requests can be made and read from any
/// number of threads; <see cref="Engine"/> is used directly only while no request is read.
/// </summary>
public sealed class LanguageModel : IDisposable
{
    private readonly Lazy<ChatTemplate?> _template;
    private readonly bool _ownsLoop;

    private LanguageModel(Pipeline pipeline, Tokenizer tokenizer, StepLoop loop, bool ownsLoop)
    {
        (Pipeline, Tokenizer, Loop, _ownsLoop) = (pipeline, tokenizer, loop, ownsLoop);
        _template = new(() => pipeline.File.Metadata.TryGetString("tokenizer.chat_template", out string? source) ? ChatTemplate.Parse(source) : null);
    }

    /// <summary>Components, model and memory.</summary>
    public Pipeline Pipeline { get; }

    /// <summary>The model's tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Runs steps.</summary>
    public Engine Engine => Pipeline.Engine;

    /// <summary>The Jinja template of the model file; null if it brings none.</summary>
    /// <exception cref="TemplateException">The model's template cannot be parsed.</exception>
    public ChatTemplate? ChatTemplate => _template.Value;

    /// <summary>Composes a pipeline and loads the model's tokenizer.</summary>
    /// <param name="document">What its author wrote; see <see cref="PipelineDocument.Load(string?, IEnumerable{string})"/>.</param>
    /// <param name="plugins">Offer components.</param>
    /// <param name="options">What the host decides.</param>
    /// <param name="loop">Threads and steps that the models of a process share, in place of <see cref="PipelineOptions.Threads"/>; disposed by the caller, after the model. Null: the model's own.</param>
    /// <exception cref="ModelFileException">The model cannot be read.</exception>
    /// <exception cref="ConfigurationException">The document has faults.</exception>
    /// <exception cref="CompositionException">Components, model and machine do not go together.</exception>
    public static LanguageModel Load(PipelineDocument document, PluginCatalog plugins, PipelineOptions options, StepLoop? loop = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Require();
        StepLoop used = loop ?? new StepLoop(options.Threads);
        Pipeline? pipeline = null;
        try
        {
            pipeline = Pipeline.Compose(document, plugins, options, used.Workers);
            Tokenizer tokenizer = Tokenizer.Load(pipeline.File.Metadata);
            if (tokenizer.VocabularySize > pipeline.Model.Vocabulary)
                throw new ModelFileException($"{pipeline.File.Path}: the tokenizer has {tokenizer.VocabularySize} tokens, the embedding {pipeline.Model.Vocabulary} rows.");

            return new(pipeline, tokenizer, used, ownsLoop: loop is null);
        }
        catch
        {
            pipeline?.Dispose();
            if (loop is null)
                used.Dispose();
            throw;
        }
    }

    /// <summary>Ids of a plain text, with BOS as the model wants it and special tokens parsed.</summary>
    public int[] Encode(string text) => Tokenizer.Encode(text, addSpecial: true, parseSpecial: true);

    /// <summary>Ids of a conversation, rendered by the model's own template up to where the answer begins.</summary>
    /// <exception cref="InvalidOperationException">The model brings no template.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public int[] Encode(IReadOnlyList<ChatMessage> messages)
    {
        ChatTemplate template = ChatTemplate ?? throw new InvalidOperationException("The model brings no chat template: give it a plain text (--raw).");
        string text = template.Render(messages, new ChatTemplateOptions { BosToken = TextOf(Tokenizer.Bos), EosToken = TextOf(Tokenizer.Eos) });
        return Tokenizer.Encode(text, addSpecial: true, parseSpecial: true);
    }

    /// <summary>Continues a prompt.</summary>
    /// <param name="prompt">At least one id; with what is generated at most the context.</param>
    /// <param name="options">How, and how long.</param>
    /// <param name="cancellation">Ends the request within a layer.</param>
    /// <returns>Nothing is computed until its text is read.</returns>
    /// <exception cref="ArgumentException">The prompt is empty or an option is out of its range.</exception>
    /// <exception cref="ContextOverflowException">The prompt is longer than the context.</exception>
    public Request Generate(IReadOnlyList<int> prompt, GenerationOptions options, CancellationToken cancellation = default) =>
        new(this, null, prompt, options, cancellation);

    /// <summary>Continues a text that is continued again and again, such as a conversation: of the prompt only what differs from the text so far is computed.</summary>
    /// <param name="sequence">The text so far, owned by the caller; it goes back to what it has in common with the prompt. Requests of one sequence take turns.</param>
    /// <param name="prompt">At least one id; with what is generated at most the context.</param>
    /// <param name="options">How, and how long.</param>
    /// <param name="cancellation">Ends the request within a layer; what was computed stays.</param>
    /// <inheritdoc cref="Generate(IReadOnlyList{int}, GenerationOptions, CancellationToken)" path="/returns|/exception"/>
    public Request Generate(Sequence sequence, IReadOnlyList<int> prompt, GenerationOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        return new(this, sequence, prompt, options, cancellation);
    }

    /// <summary>Ends requests that are not finished, and frees everything.</summary>
    public void Dispose()
    {
        Loop.End(Engine);
        try
        {
            Pipeline.Dispose();
        }
        finally
        {
            if (_ownsLoop)
                Loop.Dispose();
        }
    }

    /// <summary>Runs its requests.</summary>
    internal StepLoop Loop { get; }

    private string TextOf(int? id) => id is { } known ? Tokenizer.TextOf(known) : "";
}
