using System.Text.Json;
using Spud.Text.ChatTemplates;
using Spud.Text.Grammars;

namespace Spud.Host;

/// <summary>What an answer must be.</summary>
/// <param name="Name">Where it comes from, for people.</param>
/// <param name="Grammar">The texts that are allowed.</param>
internal sealed record AnswerFormat(string Name, Grammar Grammar)
{
    /// <summary>A grammar in llama.cpp's notation.</summary>
    /// <param name="name">Where it comes from.</param>
    /// <param name="text">The grammar.</param>
    /// <exception cref="BadInputException">It is not a grammar.</exception>
    public static AnswerFormat OfGrammar(string name, string text) => Read(name, () => Grammar.Parse(text));

    /// <summary>A JSON schema.</summary>
    /// <param name="name">Where it comes from.</param>
    /// <param name="text">The schema.</param>
    /// <exception cref="BadInputException">It cannot be honoured.</exception>
    public static AnswerFormat OfSchema(string name, string text) => Read(name, () => Grammar.FromJsonSchema(text));

    /// <summary>The constraint of an answer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">The prompt being answered; null to continue plain text.</param>
    public TokenConstraint For(LanguageModel model, RenderedPrompt? prompt) =>
        TokenConstraint.Compile(AnswerGrammar.Of(Grammar, prompt is null ? null : model.ChatTemplate, prompt?.Text ?? ""), model.Tokenizer);

    private static AnswerFormat Read(string name, Func<Grammar> read)
    {
        try
        {
            return new(name, read());
        }
        catch (Exception fault) when (fault is GrammarException or JsonException)
        {
            throw new BadInputException(string.Join('\n', fault.Message.Split('\n').Select(line => $"{name}: {line}")));
        }
    }
}
