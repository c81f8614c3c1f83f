using System.Text.Json;
using Spud.Text.Grammars;
using Spud.Text.Grammars.Schemas;

namespace Spud.Text.ChatTemplates;

/// <summary>Calls in tags as grammars: parameters in the schema's order, texts free up to their closing tag, other values as their schemas say.</summary>
/// <param name="rules">The grammar's rules.</param>
/// <param name="form">The tags.</param>
internal sealed class MarkupCalls(GrammarRules rules, MarkupForm form)
{
    private const int MaxParameters = 64;

    private static readonly GrammarNode s_line = GrammarNode.Literal("\n").Optional();
    private static readonly JsonElement s_anything = JsonDocument.Parse("true").RootElement.Clone();
    private static readonly string[] s_composed = ["$ref", "anyOf", "oneOf", "allOf", "enum", "const"];

    private GrammarNode FreeValue => field ??= FreeText.Until(rules, form.AfterValue, mayEnd: false, static _ => GrammarNode.Empty);

    /// <summary>A call of a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="place">JSON pointer to its parameters, for messages.</param>
    /// <exception cref="GrammarException">It is strict, and its parameters cannot be honoured.</exception>
    public GrammarNode Of(ToolFunction function, string place) => GrammarNode.Sequence(
        GrammarNode.Literal(form.BeforeName + function.Name + form.AfterName), rules.Add($"parameters of {function.Name}", Parameters(function, place)), s_line, GrammarNode.Literal(form.End));

    private GrammarNode Parameters(ToolFunction function, string place)
    {
        if (function.Parameters is not { } schema)
            return GrammarNode.Empty;
        if (function.IsStrict)
            RequireHonoured(schema, place);
        if (!IsPlain(schema))
            return AnyParameters();
        if (!schema.TryGetProperty("properties", out JsonElement properties) || properties.ValueKind != JsonValueKind.Object)
            return schema.TryGetProperty("additionalProperties", out JsonElement further) && further.ValueKind == JsonValueKind.False ? GrammarNode.Empty : AnyParameters();

        HashSet<string> required = schema.TryGetProperty("required", out JsonElement names) && names.ValueKind == JsonValueKind.Array ? [.. names.EnumerateArray().Select(static name => name.ToString())] : [];
        return GrammarNode.Sequence([.. properties.EnumerateObject().Select(property =>
        {
            GrammarNode parameter = rules.Add($"{place}/{property.Name}", GrammarNode.Sequence(Opening(GrammarNode.Literal(property.Name)), Value(schema, property, place)));
            return required.Contains(property.Name) ? parameter : parameter.Optional();
        })]);
    }

    private GrammarNode AnyParameters()
    {
        GrammarNode name = GrammarNode.Characters(CharacterRange.Complement(CharacterRange.Union([new('\n', '\n'), new('<', '<'), new('>', '>')]))).Repeat(1, MaxParameters);
        return rules.Add("any parameter", GrammarNode.Sequence(Opening(name), FreeValue)).Repeat(0, MaxParameters);
    }

    private GrammarNode Opening(GrammarNode key) => GrammarNode.Sequence(
        s_line, GrammarNode.Literal(form.BeforeKey), key, GrammarNode.Literal(form.AfterKey), form.BeforeValue.Length > 0 ? GrammarNode.Sequence(s_line, GrammarNode.Literal(form.BeforeValue)) : GrammarNode.Empty);

    /// <summary>A value with its closing tag.</summary>
    private GrammarNode Value(JsonElement schema, JsonProperty property, string place)
    {
        if (!MarkupTexts.IsText(property.Value))
            return Closed(Json(schema, property.Name, place));

        return MarkupTexts.Listed(property.Value) is { } texts ? Closed(GrammarNode.Choice([.. texts.Select(GrammarNode.Literal)])) : FreeValue;
    }

    private GrammarNode Closed(GrammarNode value)
    {
        GrammarNode line = form.HasLines ? s_line : GrammarNode.Empty;
        return GrammarNode.Sequence(line, value, line, GrammarNode.Literal(form.AfterValue));
    }

    private GrammarNode Json(JsonElement schema, string name, string place)
    {
        try
        {
            return JsonSchemaCompiler.CompileProperty(schema, name, rules, place);
        }
        catch (GrammarException)
        {
            // Of a strict function the schema has been checked: of another one it is a hint.
            return JsonSchemaCompiler.Compile(s_anything, rules, place);
        }
    }

    /// <summary>Whether a schema is an object that lists its properties itself.</summary>
    private static bool IsPlain(JsonElement schema) => !s_composed.Any(keyword => schema.TryGetProperty(keyword, out _))
        && (!schema.TryGetProperty("properties", out JsonElement properties) || properties.ValueKind != JsonValueKind.Object || properties.EnumerateObject().All(static property => IsKey(property.Name)));

    private static bool IsKey(string name) => name.Length > 0 && name.AsSpan().IndexOfAny("<>\n") < 0 && name.Trim() == name;

    private void RequireHonoured(JsonElement schema, string place)
    {
        List<JsonSchemaFault> faults = [];
        try
        {
            JsonSchemaCompiler.Compile(schema, new(), place);
        }
        catch (JsonSchemaException refused)
        {
            faults.AddRange(refused.Faults);
        }

        if (!IsPlain(schema))
            faults.Add(new(place, $"this model writes parameters as {form.BeforeKey}…, so expected an object that lists its properties itself, with names that are not empty and without '<', '>', line breaks, and spaces at the ends"));
        else if (schema.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object)
            faults.AddRange(properties.EnumerateObject().SelectMany(property => FaultsOf(property, place)));

        if (faults.Count > 0)
            throw new JsonSchemaException(faults);
    }

    private IEnumerable<JsonSchemaFault> FaultsOf(JsonProperty property, string place)
    {
        string at = $"{place}/properties/{JsonSchemaCompiler.Escape(property.Name)}";
        if (!MarkupTexts.IsText(property.Value))
            yield break;

        foreach (string keyword in MarkupTexts.Lengths(property.Value))
            yield return new($"{at}/{keyword}", $"this model writes texts without quotes up to {form.AfterValue}, which cannot be held to it");
        if (MarkupTexts.Listed(property.Value)?.FirstOrDefault(text => text.Contains(form.AfterValue, StringComparison.Ordinal) || (form.HasLines && text.AsSpan().Trim('\n').Length < text.Length)) is { } listed)
            yield return new($"{at}/enum", $"this model writes texts without quotes up to {form.AfterValue}, and so cannot write {JsonGrammar.Quote(listed)}");
    }
}
