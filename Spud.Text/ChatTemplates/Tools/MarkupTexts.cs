using System.Text.Json;

namespace Spud.Text.ChatTemplates;

/// <summary>Which values of calls in tags are texts, and so stand without quotes.</summary>
internal static class MarkupTexts
{
    private static readonly string[] s_ofTexts = ["minLength", "maxLength", "pattern", "format"];

    /// <summary>The keywords of texts that cannot be held to in text without quotes.</summary>
    public static IEnumerable<string> Lengths(JsonElement schema) => s_ofTexts.Where(keyword => schema.TryGetProperty(keyword, out _));

    /// <summary>Whether every value that a schema accepts is a text.</summary>
    public static bool IsText(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return false;
        if (schema.TryGetProperty("type", out JsonElement type))
            return IsString(type) || (type.ValueKind == JsonValueKind.Array && type.GetArrayLength() > 0 && type.EnumerateArray().All(IsString));
        if (schema.TryGetProperty("const", out JsonElement only))
            return only.ValueKind == JsonValueKind.String;
        if (schema.TryGetProperty("enum", out JsonElement values))
            return values.ValueKind == JsonValueKind.Array && values.EnumerateArray().All(static value => value.ValueKind == JsonValueKind.String);

        return Lengths(schema).Any();
    }

    /// <summary>The texts that a schema lists; null if it lists none.</summary>
    public static string[]? Listed(JsonElement schema)
    {
        if (schema.TryGetProperty("const", out JsonElement only) && only.ValueKind == JsonValueKind.String)
            return [only.GetString()!];

        return schema.TryGetProperty("enum", out JsonElement values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0
            ? [.. values.EnumerateArray().Where(static value => value.ValueKind == JsonValueKind.String).Select(static value => value.GetString()!).Distinct()]
            : null;
    }

    private static bool IsString(JsonElement type) => type.ValueKind == JsonValueKind.String && type.ValueEquals("string");
}
