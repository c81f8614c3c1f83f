using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spud.Text.Grammars.Schemas;

/// <summary>Two schemas as one that accepts what both accept.</summary>
internal static class SchemaMerge
{
    /// <summary>Merges two schemas without references.</summary>
    /// <exception cref="FormatException">They cannot be merged; the message says which keyword prevents it.</exception>
    public static JsonElement Merge(JsonElement a, JsonElement b)
    {
        RequireOpen(a, b);
        RequireOpen(b, a);
        JsonObject merged = JsonObject.Create(a)!.DeepClone().AsObject();
        foreach (JsonProperty keyword in b.EnumerateObject())
        {
            JsonNode added = JsonNode.Parse(keyword.Value.GetRawText())!;
            if (merged[keyword.Name] is not { } present)
                merged[keyword.Name] = added;
            else if (!JsonNode.DeepEquals(present, added))
                merged[keyword.Name] = Combine(keyword.Name, present, added);
        }

        return JsonSerializer.SerializeToElement(merged);
    }

    private static JsonNode? Combine(string keyword, JsonNode a, JsonNode b)
    {
        switch (keyword)
        {
            case "properties":
                return Properties(a.AsObject(), b.AsObject());
            case "required":
                return new JsonArray([.. a.AsArray().Concat(b.AsArray()).Select(static name => (string?)name).Distinct().Select(static name => (JsonNode?)name)]);
            case "allOf":
                return new JsonArray([.. a.AsArray().Concat(b.AsArray()).Select(static schema => schema?.DeepClone())]);
            case "type":
                return Types(Names(a), Names(b));
            case "enum":
                JsonNode?[] both = [.. a.AsArray().Where(value => b.AsArray().Any(other => JsonNode.DeepEquals(value, other))).Select(static value => value?.DeepClone())];
                return both.Length > 0 ? new JsonArray(both) : throw new FormatException("enum: the lists have no value in common");
            case "minimum" or "exclusiveMinimum" or "minLength" or "minItems" or "minProperties":
                return (a.GetValue<decimal>() > b.GetValue<decimal>() ? a : b).DeepClone();
            case "maximum" or "exclusiveMaximum" or "maxLength" or "maxItems" or "maxProperties":
                return (a.GetValue<decimal>() < b.GetValue<decimal>() ? a : b).DeepClone();
            case "additionalProperties":
                return a.GetValueKind() == JsonValueKind.False || b.GetValueKind() == JsonValueKind.False ? JsonValue.Create(false) : throw Differs(keyword);
            case "anyOf" or "oneOf":
                return Throw(new FormatException($"{keyword}: two lists of alternatives cannot be merged"));
            default:
                return SchemaKeywords.Restricts(keyword) ? Throw(Differs(keyword)) : a.DeepClone();
        }
    }

    private static JsonObject Properties(JsonObject a, JsonObject b)
    {
        JsonObject all = a.DeepClone().AsObject();
        foreach ((string name, JsonNode? schema) in b)
            all[name] = all[name] is { } present ? new JsonObject { ["allOf"] = new JsonArray(present.DeepClone(), schema?.DeepClone()) } : schema?.DeepClone();
        return all;
    }

    private static JsonArray Types(string[] a, string[] b)
    {
        HashSet<string> both = [.. a.Intersect(b)];
        if ((a.Contains("number") && b.Contains("integer")) || (a.Contains("integer") && b.Contains("number")))
            both.Add("integer");
        return both.Count > 0 ? new JsonArray([.. both.Select(static name => (JsonNode?)name)]) : throw new FormatException($"type: nothing is both {string.Join(" or ", a)} and {string.Join(" or ", b)}");
    }

    private static string[] Names(JsonNode type) => type is JsonArray names ? [.. names.Select(static name => name!.GetValue<string>())] : [type.GetValue<string>()];

    /// <summary>A schema that rejects further properties rejects those of the other one.</summary>
    private static void RequireOpen(JsonElement schema, JsonElement other)
    {
        if (!schema.TryGetProperty("additionalProperties", out JsonElement additional) || additional.ValueKind == JsonValueKind.True || !other.TryGetProperty("properties", out JsonElement properties))
            return;

        foreach (JsonProperty property in properties.EnumerateObject())
        {
            if (!schema.TryGetProperty("properties", out JsonElement own) || !own.TryGetProperty(property.Name, out _))
                throw new FormatException($"additionalProperties: one schema restricts the property '{property.Name}' that only another one lists. List it in both");
        }
    }

    private static FormatException Differs(string keyword) => new($"{keyword}: two different values cannot be merged");

    private static JsonNode? Throw(Exception exception) => throw exception;
}
