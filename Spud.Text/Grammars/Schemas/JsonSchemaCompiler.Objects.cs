using System.Text.Json;

namespace Spud.Text.Grammars.Schemas;

/// <summary>Objects: properties in the schema's order, then further ones.</summary>
internal sealed partial class JsonSchemaCompiler
{
    private GrammarNode Object(JsonElement schema, string pointer)
    {
        List<ObjectProperty> properties = Properties(schema, pointer);
        bool closed = IsFalse(schema, "additionalProperties") || (IsFalse(schema, "unevaluatedProperties") && !schema.TryGetProperty("additionalProperties", out _));
        if (schema.TryGetProperty("unevaluatedProperties", out JsonElement unevaluated) && unevaluated.ValueKind == JsonValueKind.Object)
            Refuse($"{pointer}/unevaluatedProperties", "not supported; use additionalProperties");

        GrammarNode? further = null;
        bool listsNone = !schema.TryGetProperty("properties", out _);
        if (schema.TryGetProperty("additionalProperties", out JsonElement additional) && additional.ValueKind != JsonValueKind.False)
            further = Further(Value(additional, $"{pointer}/additionalProperties"), properties);
        else if (listsNone && !closed)
            further = Further(AnyValue(), properties);

        int required = properties.Count(static property => property.IsRequired);
        if (Count(schema, "minProperties", pointer) > required)
            Refuse($"{pointer}/minProperties", $"only the {required} required properties are sure to be written. List more in required");
        if (Count(schema, "maxProperties", pointer) is { } most && (further is not null || most < properties.Count))
            Refuse($"{pointer}/maxProperties", "not supported, unless additionalProperties is false and no more are listed");

        return Members(properties, further, pointer);
    }

    private List<ObjectProperty> Properties(JsonElement schema, string pointer)
    {
        HashSet<string> required = Required(schema, pointer);
        List<ObjectProperty> properties = [];
        if (schema.TryGetProperty("properties", out JsonElement listed))
        {
            if (listed.ValueKind != JsonValueKind.Object || listed.EnumerateObject().Count() > GrammarLimits.Members)
            {
                // Which of the required ones would be listed is unknown.
                Refuse($"{pointer}/properties", $"expected an object of at most {GrammarLimits.Members} schemas");
                return [];
            }

            foreach (JsonProperty property in listed.EnumerateObject())
                properties.Add(new(property.Name, Value(property.Value, $"{pointer}/properties/{Escape(property.Name)}"), required.Remove(property.Name)));
        }

        foreach (string name in required)
        {
            if (IsFalse(schema, "additionalProperties"))
                Refuse($"{pointer}/required", $"'{name}' is not listed in properties, and additionalProperties is false");
            else
                properties.Add(new(name, schema.TryGetProperty("additionalProperties", out JsonElement value) ? Value(value, $"{pointer}/additionalProperties") : AnyValue(), true));
        }

        return properties;
    }

    private HashSet<string> Required(JsonElement schema, string pointer)
    {
        if (!schema.TryGetProperty("required", out JsonElement names))
            return [];
        if (names.ValueKind == JsonValueKind.Array && names.EnumerateArray().All(static name => name.ValueKind == JsonValueKind.String))
            return new(names.EnumerateArray().Select(static name => name.GetString()!), StringComparer.Ordinal);

        Refuse($"{pointer}/required", $"expected a list of names, got {JsonGrammar.Compact(names)}");
        return [];
    }

    private GrammarNode Members(List<ObjectProperty> properties, GrammarNode? further, string pointer)
    {
        GrammarNode[] members = [.. properties.Select(property => _rules.Add(
            $"{pointer}/properties/{property.Name}", JsonGrammar.Property(GrammarNode.Literal(JsonGrammar.Quote(property.Name)), property.Value)))];

        // rest: what may follow after a property; first: what may stand here if there was none before.
        GrammarNode rest = further is null ? GrammarNode.Empty : JsonGrammar.Next(further).Repeat(0, null);
        GrammarNode? first = further is null ? null : GrammarNode.Sequence(further, rest);
        bool mayBeEmpty = true;
        for (int i = members.Length - 1; i >= 0; i--)
        {
            // Further optional properties begin in the same way: a rule, so that the rest is not copied for each of them.
            GrammarNode after = rest is SequenceNode { Items.Length: 0 } ? rest : _rules.Add($"{pointer}/after {properties[i].Name}", rest);
            GrammarNode beginning = GrammarNode.Sequence(members[i], after), next = GrammarNode.Sequence(JsonGrammar.Next(members[i]), after);
            first = properties[i].IsRequired || first is null ? beginning : GrammarNode.Choice(beginning, _rules.Add($"{pointer}/from {properties[i].Name}", first));
            rest = properties[i].IsRequired ? next : GrammarNode.Choice(next, after);
            mayBeEmpty &= !properties[i].IsRequired;
        }

        return JsonGrammar.Brackets("{", first, mayBeEmpty, "}");
    }

    /// <summary>A property that is not listed. Its name contains no escapes, so that it cannot be a listed one in disguise.</summary>
    private GrammarNode Further(GrammarNode value, List<ObjectProperty> listed)
    {
        GrammarNode name = listed.Count == 0 ? AnyString() : GrammarNode.Sequence(GrammarNode.Literal("\""), Other([.. listed.Select(static property => property.Name)], 0));
        return JsonGrammar.Property(name, value);
    }

    /// <summary>The rest of a name, with its closing quote, that is none of some names which begin in the same way.</summary>
    private static GrammarNode Other(string[] names, int at)
    {
        List<GrammarNode> branches = [];
        if (!names.Any(name => name.Length == at))
            branches.Add(GrammarNode.Literal("\""));

        foreach (IGrouping<char, string> group in names.Where(name => name.Length > at).GroupBy(name => name[at]))
        {
            // A name that needs escapes, or characters of two units, cannot be written by what follows.
            if (group.Key is >= ' ' and not ('"' or '\\') && !char.IsSurrogate(group.Key))
                branches.Add(GrammarNode.Sequence(GrammarNode.Literal(group.Key.ToString()), Other([.. group], at + 1)));
        }

        char[] taken = [.. names.Where(name => name.Length > at).Select(name => name[at]).Distinct()];
        GrammarNode free = taken.Any(char.IsSurrogate) ? GrammarNode.Characters(CharacterRange.Except([new(' ', 0x7E)], CharacterRange.Union([new('"', '"'), new('\\', '\\'), .. taken.Select(static c => new CharacterRange(c, c))]))) : JsonGrammar.PlainCharacterExcept(taken);
        branches.Add(GrammarNode.Sequence(free, JsonGrammar.PlainCharacterExcept([]).Repeat(0, null), GrammarNode.Literal("\"")));
        return GrammarNode.Choice([.. branches]);
    }

    private static bool IsFalse(JsonElement schema, string keyword) => schema.TryGetProperty(keyword, out JsonElement value) && value.ValueKind == JsonValueKind.False;

    /// <summary>A listed property.</summary>
    private sealed record ObjectProperty(string Name, GrammarNode Value, bool IsRequired);
}
