using System.Text.Json;
using Spud.Text.ChatTemplates;
using Spud.Text.Grammars;

namespace Spud.Host;

/// <summary>What an answer must be: a grammar or a JSON schema, given by a file or as text.</summary>
/// <param name="Name">Where it comes from, for people.</param>
/// <param name="Grammar">The texts that are allowed.</param>
internal sealed record AnswerFormat(string Name, Grammar Grammar)
{
    /// <summary>Reads a grammar in llama.cpp's notation.</summary>
    /// <exception cref="BadInputException">The file cannot be read, or is not a grammar.</exception>
    public static AnswerFormat OfGrammarFile(string path, Shell shell)
    {
        try
        {
            return new(path, Grammar.Parse(InputText.Read(path, shell)));
        }
        catch (GrammarException fault)
        {
            throw new BadInputException($"{path}: {fault.Message}");
        }
    }

    /// <summary>Reads a JSON schema.</summary>
    /// <param name="schema">A file, or the schema itself.</param>
    /// <param name="shell">Records which files are read.</param>
    /// <exception cref="BadInputException">The file cannot be read, or the schema cannot be honoured.</exception>
    public static AnswerFormat OfSchema(string schema, Shell shell)
    {
        bool isText = schema.AsSpan().TrimStart().StartsWith('{');
        string name = isText ? "--json-schema" : schema;
        try
        {
            return new(name, Grammar.FromJsonSchema(isText ? schema : InputText.Read(schema, shell)));
        }
        catch (Exception fault) when (fault is GrammarException or JsonException)
        {
            throw new BadInputException(string.Join('\n', fault.Message.Split('\n').Select(line => $"{name}: {line}")));
        }
    }

    /// <summary>The constraint of an answer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">The prompt being answered; null to continue plain text.</param>
    public TokenConstraint For(LanguageModel model, RenderedPrompt? prompt) =>
        TokenConstraint.Compile(AnswerGrammar.Of(Grammar, prompt is null ? null : model.ChatTemplate, prompt?.Text ?? ""), model.Tokenizer);
}
