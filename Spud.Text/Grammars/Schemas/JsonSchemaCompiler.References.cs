using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spud.Text.Grammars.Schemas;

/// <summary>References, and schemas made of several others.</summary>
internal sealed partial class JsonSchemaCompiler
{
    private GrammarNode Reference(string target, string pointer)
    {
        if (_references.TryGetValue(target, out GrammarNode? known))
            return known;
        if (Find(target) is not { } schema)
            return Refuse(pointer, $"expected a reference within the schema, such as #/$defs/name, to a schema that exists; got '{target}'");

        int rule = _rules.Reserve(_place + target);
        GrammarNode reference = new ReferenceNode(rule);
        _references.Add(target, reference);
        _unbuilt.Enqueue((rule, schema, Uri.UnescapeDataString(target)[1..]));
        return reference;
    }

    private JsonElement? Find(string target)
    {
        if (!target.StartsWith('#'))
            return null;

        JsonElement at = _document;
        string[] steps = Uri.UnescapeDataString(target).Split('/');
        if (steps[0] != "#")
            return null;

        foreach (string step in steps.Skip(1))
        {
            string name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out JsonElement member))
                at = member;
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < at.GetArrayLength())
                at = at[index];
            else
                return null;
        }

        return at;
    }

    /// <summary>A schema with what it refers to by <c>$ref</c> and <c>allOf</c> merged into it.</summary>
    private JsonElement Flatten(JsonElement schema, string pointer)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            throw new FormatException($"expected a schema that is an object, got {JsonGrammar.Compact(schema)}");
        if (++_depth > GrammarLimits.Depth)
            throw new GrammarException($"{pointer}: $ref and allOf nest deeper than {GrammarLimits.Depth} levels, or refer to themselves");

        JsonElement flat = Without(schema, "$ref", "allOf");
        if (schema.TryGetProperty("$ref", out JsonElement reference))
            flat = SchemaMerge.Merge(flat, Flatten(Find(reference.GetString() ?? "") ?? throw new FormatException($"$ref: there is no '{reference}'"), pointer));
        if (schema.TryGetProperty("allOf", out JsonElement all))
        {
            if (all.ValueKind != JsonValueKind.Array)
                throw new FormatException("allOf: expected a list of schemas");

            foreach (JsonElement part in all.EnumerateArray())
                flat = SchemaMerge.Merge(flat, Flatten(part, pointer));
        }

        _depth--;
        return flat;
    }

    private GrammarNode Alternatives(JsonElement schema, JsonElement alternatives, string keyword, string pointer)
    {
        if (alternatives.ValueKind != JsonValueKind.Array || alternatives.GetArrayLength() == 0)
            return Refuse($"{pointer}/{keyword}", "expected a list of schemas that is not empty");

        JsonElement rest = Without(schema, keyword);
        bool restricts = RestrictsBesides(rest, keyword);
        JsonElement[] branches = [.. alternatives.EnumerateArray()];
        if (keyword == "oneOf")
            Guarded(pointer, () => RequireDisjoint(branches, pointer));

        List<GrammarNode> nodes = [];
        for (int i = 0; i < branches.Length; i++)
        {
            string at = $"{pointer}/{keyword}/{i}";
            JsonElement branch = branches[i];
            nodes.Add(restricts ? Guarded(at, () => Value(SchemaMerge.Merge(rest, Flatten(branch, at)), at))! : Value(branch, at));
        }

        return GrammarNode.Choice([.. nodes]);
    }

    private GrammarNode? RequireDisjoint(JsonElement[] branches, string pointer)
    {
        JsonElement[] flat = [.. branches.Select(branch => Flatten(branch, pointer))];
        for (int i = 0; i < flat.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (!SchemaOverlap.AreDisjoint(flat[i], flat[j], branch => Flatten(branch, pointer)))
                {
                    return Refuse($"{pointer}/oneOf", $"a value may be valid for both {j} and {i}, and oneOf allows one only. Use anyOf, or give each branch a required property with another const");
                }
            }
        }

        return null;
    }

    private static JsonElement Without(JsonElement schema, params string[] keywords)
    {
        JsonObject rest = [];
        foreach (JsonProperty member in schema.EnumerateObject())
        {
            if (!keywords.Contains(member.Name))
                rest[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }

        return JsonSerializer.SerializeToElement(rest);
    }
}
