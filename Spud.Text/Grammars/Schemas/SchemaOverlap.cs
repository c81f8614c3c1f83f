using System.Text.Json;

namespace Spud.Text.Grammars.Schemas;

/// <summary>Finds out whether a value may be valid for two schemas.</summary>
internal static class SchemaOverlap
{
    /// <summary>Whether surely no value is valid for both.</summary>
    /// <param name="a">A schema without references.</param>
    /// <param name="b">Another one.</param>
    /// <param name="flatten">Resolves the references of a property's schema.</param>
    public static bool AreDisjoint(JsonElement a, JsonElement b, Func<JsonElement, JsonElement> flatten)
    {
        if (TypesOf(a) is { } types && TypesOf(b) is { } others && !types.Any(type => others.Any(other => MayBeBoth(type, other))))
            return true;
        if (ConstantsOf(a) is { } values && ConstantsOf(b) is { } otherValues)
            return !values.Intersect(otherValues).Any();

        return RequiredOf(a).Intersect(RequiredOf(b)).Any(name =>
            PropertyOf(a, name) is { } one && PropertyOf(b, name) is { } other && AreDisjoint(flatten(one), flatten(other), flatten) && AreObjects(a, b));
    }

    // Without a type, any value that is not an object is valid for both.
    private static bool AreObjects(JsonElement a, JsonElement b) => TypesOf(a) is ["object"] || TypesOf(b) is ["object"];

    private static bool MayBeBoth(string a, string b) => a == b || (a is "number" or "integer" && b is "number" or "integer");

    private static string[]? TypesOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out JsonElement type))
            return null;
        return type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(static name => name.ToString())] : [type.ToString()];
    }

    private static string[]? ConstantsOf(JsonElement schema)
    {
        if (schema.TryGetProperty("const", out JsonElement only))
            return [JsonGrammar.Compact(only)];
        return schema.TryGetProperty("enum", out JsonElement values) && values.ValueKind == JsonValueKind.Array ? [.. values.EnumerateArray().Select(JsonGrammar.Compact)] : null;
    }

    private static IEnumerable<string> RequiredOf(JsonElement schema) =>
        schema.TryGetProperty("required", out JsonElement required) && required.ValueKind == JsonValueKind.Array ? required.EnumerateArray().Select(static name => name.ToString()) : [];

    private static JsonElement? PropertyOf(JsonElement schema, string name) =>
        schema.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object
        && properties.TryGetProperty(name, out JsonElement property) && property.ValueKind == JsonValueKind.Object ? property : null;
}
