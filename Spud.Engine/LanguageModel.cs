using Spud.Composition;
using Spud.Configuration;
using Spud.Embeddings;
using Spud.Execution;
using Spud.Generation;
using Spud.Models;
using Spud.Plugins;
using Spud.Sampling;
using Spud.Text.ChatTemplates;
using Spud.Text.Tokenization;

namespace Spud;

/// <summary>
/// A composed pipeline with its tokenizer and chat template: the main class for programs that embed Spud. Requests can be created and read from any
/// number of threads; <see cref="Engine"/> may only be used directly while no request is being read.
/// </summary>
public sealed partial class LanguageModel : IDisposable
{
    /// <summary>Name of the activity source and of the meter that requests report to.</summary>
    public const string TelemetryName = RequestSpan.Name;

    private readonly Lazy<ChatTemplate?> _ownTemplate;
    private readonly RequestSource _source;
    private readonly bool _ownsLoop;
    private ChatTemplate? _template;

    private LanguageModel(Pipeline pipeline, Tokenizer tokenizer, StepLoop loop, bool ownsLoop)
    {
        (_source, _ownsLoop) = (new(pipeline, tokenizer, loop), ownsLoop);
        _constraints = new(() => new(tokenizer));
        _ownTemplate = new(() => pipeline.File.Metadata.TryGetString("tokenizer.chat_template", out string? source) ? ChatTemplate.Parse(source) : null);
    }

    /// <summary>Components, model and memory.</summary>
    public Pipeline Pipeline => _source.Pipeline;

    /// <summary>The model's tokenizer.</summary>
    public Tokenizer Tokenizer => _source.Tokenizer;

    /// <summary>The engine, which runs steps.</summary>
    public Engine Engine => Pipeline.Engine;

    /// <summary>The template for rendering conversations: the model file's own unless another one is set; null if there is none.</summary>
    /// <exception cref="TemplateException">The model's template cannot be parsed.</exception>
    public ChatTemplate? ChatTemplate
    {
        get => _template ?? _ownTemplate.Value;
        set => _template = value;
    }

    /// <summary>Sampling settings recommended by the model file, with neutral values for missing ones. A new object each time.</summary>
    public SamplingOptions RecommendedSampling => ModelSampling.Of(Pipeline.File.Metadata);

    /// <summary>Composes a pipeline and loads the model's tokenizer.</summary>
    /// <param name="document">The pipeline document; see <see cref="PipelineDocument.Load(string?, IEnumerable{string})"/>.</param>
    /// <param name="plugins">Plugins that offer components.</param>
    /// <param name="options">Settings of the host.</param>
    /// <param name="loop">Threads and step loop shared by the models of a process, instead of <see cref="PipelineOptions.Threads"/>; disposed by the caller, after the model. Null for the model's own.</param>
    /// <param name="former">
    /// A model of the same loop that this one replaces: the mapped file, and components that would be built identically, are taken
    /// over. It may only be disposed afterwards; if loading fails, it stays usable.
    /// </param>
    /// <exception cref="ModelFileException">The model cannot be read.</exception>
    /// <exception cref="ConfigurationException">The document has faults.</exception>
    /// <exception cref="CompositionException">Components, model and machine are incompatible.</exception>
    public static LanguageModel Load(PipelineDocument document, PluginCatalog plugins, PipelineOptions options, StepLoop? loop = null, LanguageModel? former = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Require();
        StepLoop used = loop ?? new StepLoop(options.Threads);
        Pipeline? pipeline = null;
        try
        {
            pipeline = Pipeline.Compose(document, plugins, options, used.Workers, former?.Pipeline);
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

    /// <summary>Encodes a plain text, with BOS if the model adds it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="parseSpecial">Whether the text of a control token, such as &lt;|im_start|&gt;, is encoded as that token. Not for untrusted text.</param>
    public int[] Encode(string text, bool parseSpecial = false) => Tokenizer.Encode(text, addSpecial: true, parseSpecial);

    /// <summary>Encodes a conversation up to where the answer begins. The text of a control token in a message is encoded as plain text.</summary>
    /// <inheritdoc cref="Render"/>
    public int[] Encode(IReadOnlyList<ChatMessage> messages) => Encode(Render(messages));

    /// <summary>Encodes a rendered conversation.</summary>
    public int[] Encode(RenderedPrompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Tokenizer.Encode(prompt.Text, addSpecial: true, prompt.Foreign);
    }

    /// <summary>Rejects a text that is longer than the context by its length alone, before any other work.</summary>
    /// <exception cref="ContextOverflowException">The text has more tokens than the context.</exception>
    public void RequireRoom(string? text)
    {
        int least = Tokenizer.MinTokens(text), context = Pipeline.Limits.ContextTokens;
        if (least > context)
            throw new ContextOverflowException(least, context, isLowerBound: true);
    }

    /// <summary>Renders a conversation with the chat template, up to where the answer begins.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="tools">Functions that the model may call; null for none. A template that does not know tools gets them as text of the system message.</param>
    /// <exception cref="ContextOverflowException">A single message is longer than the context.</exception>
    /// <exception cref="InvalidOperationException">There is no chat template.</exception>
    /// <exception cref="TemplateException">The template rejects the conversation.</exception>
    public RenderedPrompt Render(IReadOnlyList<ChatMessage> messages, ToolSet? tools = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        foreach (ChatMessage message in messages)
            RequireRoom(message.Content);
        return ConversationPrompt.Render(RequireTemplate(), messages, new ChatTemplateOptions { BosToken = TextOf(Tokenizer.Bos), EosToken = TextOf(Tokenizer.Eos) }, tools);
    }

    /// <summary>Embeds a text as a vector: its rows after the final norm, pooled. Not while a request is being read: it uses the engine, and one of its sequences.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pooling">How rows are pooled.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <inheritdoc cref="Embed(IReadOnlyList{int}, Pooling, CancellationToken)" path="/exception"/>
    public TextEmbedding Embed(string text, Pooling pooling = Pooling.Mean, CancellationToken cancellation = default)
    {
        RequireRoom(text);
        return Embed(Encode(text), pooling, cancellation);
    }

    /// <summary>Embeds ids as a vector.</summary>
    /// <param name="tokens">At least one id, at most the context.</param>
    /// <param name="pooling">How rows are pooled.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="ArgumentException">There are no tokens.</exception>
    /// <exception cref="ContextOverflowException">The text is longer than the context.</exception>
    /// <exception cref="NotSupportedException">The pipeline's head does not provide rows after the final norm.</exception>
    /// <exception cref="InvalidOperationException">The engine is in use, or all its sequences are.</exception>
    public TextEmbedding Embed(IReadOnlyList<int> tokens, Pooling pooling = Pooling.Mean, CancellationToken cancellation = default)
    {
        return TextEmbedder.Embed(Pipeline, Embeddable(tokens), pooling, cancellation);
    }

    /// <summary>Reads ids, and returns each one's row after the final norm: the input of the output matrix. Not while a request is being read.</summary>
    /// <returns>F32 [T, C].</returns>
    /// <inheritdoc cref="Embed(IReadOnlyList{int}, Pooling, CancellationToken)" path="/param|/exception"/>
    public float[] ReadRows(IReadOnlyList<int> tokens, CancellationToken cancellation = default) => TextEmbedder.Rows(Pipeline, Embeddable(tokens), cancellation);

    /// <summary>Embeds ids as a vector, while requests are read: a part of the text between two of their steps.</summary>
    /// <inheritdoc cref="Embed(IReadOnlyList{int}, Pooling, CancellationToken)" path="/param"/>
    /// <exception cref="ArgumentException">There are no tokens.</exception>
    /// <exception cref="ContextOverflowException">The text is longer than the context.</exception>
    public Task<TextEmbedding> EmbedAsync(IReadOnlyList<int> tokens, Pooling pooling = Pooling.Mean, CancellationToken cancellation = default)
    {
        EmbeddingRequest request = new(new(Pipeline, Embeddable(tokens), pooling, cancellation), cancellation);
        Loop.Submit(request);
        return request.Result;
    }

    /// <summary>Continues a prompt.</summary>
    /// <param name="prompt">At least one id; together with the generated tokens at most the context.</param>
    /// <param name="options">How, and for how long, the prompt is continued.</param>
    /// <param name="cancellation">Cancels the request within a layer.</param>
    /// <returns>The request; nothing is computed until its text is read.</returns>
    /// <exception cref="ArgumentException">The prompt is empty or an option is out of range.</exception>
    /// <exception cref="ContextOverflowException">The prompt is longer than the context.</exception>
    public Request Generate(IReadOnlyList<int> prompt, GenerationOptions options, CancellationToken cancellation = default) =>
        new(_source, null, prompt, options, cancellation);

    /// <summary>Continues a text repeatedly, such as a conversation: only the part of the prompt that differs from the text so far is computed.</summary>
    /// <param name="sequence">The text so far, owned by the caller; it is truncated to its common prefix with the prompt. Requests of one sequence take turns.</param>
    /// <param name="prompt">At least one id; together with the generated tokens at most the context.</param>
    /// <param name="options">How, and for how long, the prompt is continued.</param>
    /// <param name="cancellation">Cancels the request within a layer; what was computed is kept.</param>
    /// <inheritdoc cref="Generate(IReadOnlyList{int}, GenerationOptions, CancellationToken)" path="/returns|/exception"/>
    public Request Generate(Sequence sequence, IReadOnlyList<int> prompt, GenerationOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        return new(_source, sequence, prompt, options, cancellation);
    }

    /// <summary>What the step loop does for this model now: for monitoring, and to detect a step that does not end. Can be read by any thread.</summary>
    public LoopStatus Status => Loop.StatusOf(Engine);

    /// <summary>Ends unfinished requests, and frees everything.</summary>
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

    /// <summary>The loop that runs its requests.</summary>
    internal StepLoop Loop => _source.Loop;

    private ChatTemplate RequireTemplate() =>
        ChatTemplate ?? throw new InvalidOperationException("The model file has no chat template. Give the model a plain text, or set a template.");

    private int[] Embeddable(IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count == 0)
            throw new ArgumentException("A text without tokens has no embedding.", nameof(tokens));

        return tokens.Count <= Pipeline.Limits.ContextTokens ? [.. tokens] : throw new ContextOverflowException(tokens.Count, Pipeline.Limits.ContextTokens);
    }

    private string TextOf(int? id) => id is { } known ? Tokenizer.TextOf(known) : "";
}
