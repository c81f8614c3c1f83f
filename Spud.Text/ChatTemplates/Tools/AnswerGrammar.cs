using System.Text.Json;
using Spud.Text.Grammars;
using Spud.Text.Grammars.Schemas;

namespace Spud.Text.ChatTemplates;

/// <summary>Grammars of whole answers: with reasoning before them where a model reasons, and with calls in the form that it writes.</summary>
public static class AnswerGrammar
{
    private static readonly JsonElement s_noArguments = JsonDocument.Parse("""{"type":"object","additionalProperties":false}""").RootElement.Clone();
    private static readonly JsonElement s_anyArguments = JsonDocument.Parse("""{"type":"object"}""").RootElement.Clone();

    /// <summary>Answers that match a grammar.</summary>
    /// <param name="answer">The answer proper.</param>
    /// <param name="template">The model's template; null for plain text.</param>
    /// <param name="prompt">The prompt being answered.</param>
    public static Grammar Of(Grammar answer, ChatTemplate? template, string prompt)
    {
        ArgumentNullException.ThrowIfNull(answer);
        GrammarRules rules = new(answer.Rules);
        GrammarNode root = ReasoningTags.Before(rules, template, prompt, new ReferenceNode(answer.Root));
        return root is ReferenceNode { Rule: var rule } && rule == answer.Root ? answer : rules.ToGrammar(root);
    }

    /// <summary>Answers that may or must call functions, with arguments that their schemas accept.</summary>
    /// <param name="tools">The functions.</param>
    /// <param name="choice">Whether the model must call one.</param>
    /// <param name="isParallel">Whether it may call several.</param>
    /// <param name="template">The model's template.</param>
    /// <param name="prompt">The prompt being answered.</param>
    /// <returns>Null if any answer is allowed: no call is possible, or none is required and calls cannot be told from text before they end.</returns>
    /// <exception cref="GrammarException">The schema of a strict function cannot be honoured.</exception>
    public static Grammar? OfCalls(ToolSet tools, ToolChoice choice, bool isParallel, ChatTemplate template, string prompt)
    {
        ArgumentNullException.ThrowIfNull(tools);
        ArgumentNullException.ThrowIfNull(choice);
        ArgumentNullException.ThrowIfNull(template);
        if (!Constrains(tools, choice, template))
            return null;

        ToolFormat format = ToolFormats.Of(template);
        GrammarRules rules = new();
        GrammarNode[] calls = Calls(rules, format, tools.Functions.Index().Where(one => choice.Name is null || one.Item.Name == choice.Name));
        CallText text = new(rules, format, GrammarNode.Choice([.. calls]), isParallel);
        return rules.ToGrammar(ReasoningTags.Before(rules, template, prompt, choice.MustCall ? text.Required() : text.Possible()));
    }

    /// <summary>Whether <see cref="OfCalls"/> restricts answers.</summary>
    public static bool Constrains(ToolSet tools, ToolChoice choice, ChatTemplate template)
    {
        ArgumentNullException.ThrowIfNull(tools);
        ArgumentNullException.ThrowIfNull(choice);
        ArgumentNullException.ThrowIfNull(template);
        bool hasMarker = ToolFormats.Of(template) is not (ToolFormat.BareJson or ToolFormat.Harmony);
        return tools.Functions.Count > 0 && choice.MayCall && (choice.MustCall || hasMarker);
    }

    /// <summary>Whether a prompt opens the reasoning, which the grammar of the answer depends on.</summary>
    public static bool OpensReasoning(ChatTemplate? template, string prompt) => ReasoningTags.AreOpen(template, prompt);

    // All functions whose schemas cannot be honoured are told at once.
    private static GrammarNode[] Calls(GrammarRules rules, ToolFormat format, IEnumerable<(int Index, ToolFunction Function)> functions)
    {
        List<GrammarNode> calls = [];
        List<JsonSchemaFault> faults = [];
        MarkupCalls? markup = MarkupForm.Of(format) is { } form ? new(rules, form) : null;
        foreach ((int index, ToolFunction function) in functions)
        {
            string place = $"tools[{index}].function.parameters";
            try
            {
                calls.Add(markup?.Of(function, place) ?? Call(rules, format, function, place));
            }
            catch (JsonSchemaException refused)
            {
                faults.AddRange(refused.Faults);
            }
        }

        return faults.Count == 0 ? [.. calls] : throw new JsonSchemaException(faults);
    }

    private static GrammarNode Call(GrammarRules rules, ToolFormat format, ToolFunction function, string place)
    {
        GrammarNode arguments = rules.Add($"arguments of {function.Name}", Arguments(rules, function, place));
        switch (format)
        {
            case ToolFormat.MistralNamed:
                return GrammarNode.Sequence(GrammarNode.Literal(function.Name + ToolFormats.MistralArguments), arguments);
            case ToolFormat.Harmony:
                return GrammarNode.Sequence(GrammarNode.Literal($"commentary to=functions.{function.Name} <|constrain|>json<|message|>"), arguments);
            default:
                GrammarNode name = JsonGrammar.Property(GrammarNode.Literal("\"name\""), GrammarNode.Literal(JsonGrammar.Quote(function.Name)));
                GrammarNode value = JsonGrammar.Property(GrammarNode.Literal(JsonGrammar.Quote(ToolFormats.ArgumentsKey(format))), arguments);
                return JsonGrammar.Brackets("{", GrammarNode.Sequence(name, JsonGrammar.Next(value)), mayBeEmpty: false, "}");
        }
    }

    private static GrammarNode Arguments(GrammarRules rules, ToolFunction function, string place)
    {
        try
        {
            return JsonSchemaCompiler.Compile(function.Parameters ?? s_noArguments, rules, place);
        }
        catch (GrammarException) when (!function.IsStrict)
        {
            // As OpenAI defines it: without strict, the schema is a hint for the model. The arguments are an object in any case.
            return JsonSchemaCompiler.Compile(s_anyArguments, rules, place);
        }
    }
}
