using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Generation;
using Spud.Models;
using Spud.Plugins;
using Spud.Text.ChatTemplates;
using Spud.Text.Tokenization;

namespace Spud;

/// <summary>A composed pipeline with its tokenizer and chat template: what a program that embeds Spud holds. One thread at a time.</summary>
public sealed class LanguageModel : IDisposable
{
    private readonly Lazy<ChatTemplate?> _template;
    private readonly Lazy<Batch> _batch;

    private LanguageModel(Pipeline pipeline, Tokenizer tokenizer)
    {
        (Pipeline, Tokenizer) = (pipeline, tokenizer);
        _batch = new(Engine.NewBatch);
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
    /// <param name="plugins">Who offers components.</param>
    /// <param name="options">What the host decides.</param>
    /// <exception cref="ModelFileException">The model cannot be read.</exception>
    /// <exception cref="ConfigurationException">The document has faults.</exception>
    /// <exception cref="CompositionException">Components, model and machine do not go together.</exception>
    public static LanguageModel Load(PipelineDocument document, PluginCatalog plugins, PipelineOptions options)
    {
        Pipeline pipeline = Pipeline.Compose(document, plugins, options);
        try
        {
            Tokenizer tokenizer = Tokenizer.Load(pipeline.File.Metadata);
            if (tokenizer.VocabularySize > pipeline.Model.Vocabulary)
                throw new ModelFileException($"{pipeline.File.Path}: the tokenizer has {tokenizer.VocabularySize} tokens, the embedding {pipeline.Model.Vocabulary} rows.");

            return new(pipeline, tokenizer);
        }
        catch
        {
            pipeline.Dispose();
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

    /// <summary>Continues a prompt. Who continues the same text again keeps a <see cref="TextSession"/> instead.</summary>
    /// <param name="prompt">At least one id; with what is generated at most the context.</param>
    /// <param name="options">How, and how long.</param>
    /// <param name="cancellation">Ends the generation within a layer.</param>
    /// <returns>Nothing is computed until its text is read.</returns>
    /// <exception cref="ArgumentException">The prompt is empty or an option is out of its range.</exception>
    /// <exception cref="ContextOverflowException">The prompt is longer than the context.</exception>
    public TextGeneration Generate(IReadOnlyList<int> prompt, GenerationOptions options, CancellationToken cancellation = default) =>
        new(new TextSession(this), ownsSession: true, prompt, options, cancellation);

    /// <summary>Frees everything.</summary>
    public void Dispose() => Pipeline.Dispose();

    /// <summary>Shared by all generations, which take turns: its contents live for one step.</summary>
    internal Batch Batch => _batch.Value;

    private string TextOf(int? id) => id is { } known ? Tokenizer.TextOf(known) : "";
}
