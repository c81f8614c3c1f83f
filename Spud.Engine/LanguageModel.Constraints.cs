using System.Text.Json;
using Spud.Text.ChatTemplates;
using Spud.Text.Grammars;

namespace Spud;

/// <summary>Constraints on answers, for <see cref="Generation.GenerationOptions.Constraint"/>. Those used last are kept.</summary>
public sealed partial class LanguageModel
{
    private readonly Lazy<ConstraintCache> _constraints;

    /// <summary>Answers that are JSON of a schema, after the reasoning of a model that reasons.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="prompt">The prompt being answered; null to continue plain text.</param>
    /// <exception cref="GrammarException">The schema cannot be honoured.</exception>
    public TokenConstraint ConstrainToSchema(JsonElement schema, RenderedPrompt? prompt = null) =>
        Constrain($"schema {schema.GetRawText()}", prompt, () => Grammar.FromJsonSchema(schema));

    /// <summary>Answers that are any JSON object, after the reasoning of a model that reasons.</summary>
    /// <param name="prompt">The prompt being answered; null to continue plain text.</param>
    public TokenConstraint ConstrainToJsonObject(RenderedPrompt? prompt = null) => Constrain("json", prompt, static () => Grammar.JsonObject);

    /// <summary>Answers that a grammar matches, after the reasoning of a model that reasons.</summary>
    /// <param name="gbnf">The grammar, in llama.cpp's notation.</param>
    /// <param name="prompt">The prompt being answered; null to continue plain text.</param>
    /// <exception cref="GrammarException">It is not a grammar, or one that cannot be used.</exception>
    public TokenConstraint ConstrainToGrammar(string gbnf, RenderedPrompt? prompt = null) => Constrain($"grammar {gbnf}", prompt, () => Grammar.Parse(gbnf));

    /// <summary>Answers that may or must call functions.</summary>
    /// <param name="tools">The functions.</param>
    /// <param name="choice">Whether the model must call one.</param>
    /// <param name="isParallel">Whether it may call several.</param>
    /// <param name="prompt">The prompt being answered, rendered with the same tools.</param>
    /// <returns>Null if any answer is allowed.</returns>
    /// <exception cref="GrammarException">The schema of a strict function cannot be honoured.</exception>
    /// <exception cref="InvalidOperationException">There is no chat template.</exception>
    public TokenConstraint? ConstrainToCalls(ToolSet tools, ToolChoice choice, bool isParallel, RenderedPrompt prompt)
    {
        ArgumentNullException.ThrowIfNull(tools);
        ArgumentNullException.ThrowIfNull(prompt);
        ChatTemplate template = RequireTemplate();
        if (!AnswerGrammar.Constrains(tools, choice, template))
            return null;

        string strict = string.Concat(tools.Functions.Select(static function => function.IsStrict ? '1' : '0'));
        string key = $"calls {choice} {isParallel} {AnswerGrammar.OpensReasoning(template, prompt.Text)} {strict} {tools.Json.GetRawText()} {template.Source}";
        return _constraints.Value.Get(key, () => AnswerGrammar.OfCalls(tools, choice, isParallel, template, prompt.Text)!);
    }

    private TokenConstraint Constrain(string key, RenderedPrompt? prompt, Func<Grammar> make)
    {
        ChatTemplate? template = prompt is null ? null : RequireTemplate();
        string text = prompt?.Text ?? "";
        string whole = template is null ? key : $"{AnswerGrammar.OpensReasoning(template, text)} {template.Source} {key}";
        return _constraints.Value.Get(whole, () => AnswerGrammar.Of(make(), template, text));
    }
}
