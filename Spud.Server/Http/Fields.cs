using System.Globalization;
using System.Text.Json;

namespace Spud.Server.Http;

/// <summary>The fields of a JSON object in a request. A field that is null counts as absent.</summary>
/// <param name="element">The object.</param>
/// <param name="path">Its own path, as in <c>messages[0]</c>; empty for the body.</param>
internal readonly struct Fields(JsonElement element, string path)
{
    /// <summary>The object.</summary>
    public JsonElement Element => element;

    /// <summary>Its own path, as in <c>messages[0]</c>.</summary>
    public string Path => path;

    /// <summary>The path of a field, for messages.</summary>
    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>A field of any kind; null if it is absent.</summary>
    public JsonElement? Any(string name) => element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Whether a field is present.</summary>
    public bool Has(string name) => Any(name) is not null;

    /// <summary>A string; null if it is absent.</summary>
    public string? Text(string name) => Any(name) is not { } value ? null : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, "a string", value);

    /// <summary>A string that must be present.</summary>
    public string RequiredText(string name) => Text(name) ?? throw Missing(name, "a string");

    /// <summary>One of several strings; null if it is absent.</summary>
    public string? OneOf(string name, params ReadOnlySpan<string> known)
    {
        if (Text(name) is not { } text || known.Contains(text))
            return Text(name);

        throw ApiException.Invalid(PathOf(name), $"expected {string.Join(", ", known.ToArray().Select(static value => $"'{value}'"))}, got '{Cut(text)}'.", "invalid_value");
    }

    /// <summary>True or false; null if it is absent.</summary>
    public bool? Flag(string name) => Any(name) is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, "true or false", value),
    };

    /// <summary>A whole number; null if it is absent.</summary>
    public long? Integer(string name, long least, long most)
    {
        if (Any(name) is not { } value)
            return null;

        // A number such as 1.0 or 5e1 is whole too.
        bool isWhole = value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number) && number == decimal.Truncate(number) && number >= least && number <= most;
        return isWhole ? (long)value.GetDecimal() : throw Wrong(name, most == long.MaxValue ? $"a whole number, {least} or more" : $"a whole number from {least} to {most}", value);
    }

    /// <summary>A number; null if it is absent.</summary>
    public double? Number(string name, double least, double most)
    {
        if (Any(name) is not { } value)
            return null;

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= least && number <= most
            ? number
            : throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"), value);
    }

    /// <summary>An object; null if it is absent.</summary>
    public Fields? Object(string name) => Any(name) is not { } value ? null : value.ValueKind == JsonValueKind.Object ? new(value, PathOf(name)) : throw Wrong(name, "an object", value);

    /// <summary>An object that must be present.</summary>
    public Fields RequiredObject(string name) => Object(name) ?? throw Missing(name, "an object");

    /// <summary>An array; null if it is absent.</summary>
    public JsonElement.ArrayEnumerator? Array(string name) => Any(name) is not { } value ? null : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Wrong(name, "an array", value);

    /// <summary>An array of objects; empty if it is absent.</summary>
    public IReadOnlyList<Fields> Objects(string name)
    {
        List<Fields> objects = [];
        if (Array(name) is not { } array)
            return objects;

        foreach (JsonElement item in array)
        {
            string at = $"{PathOf(name)}[{objects.Count}]";
            objects.Add(item.ValueKind == JsonValueKind.Object ? new(item, at) : throw ApiException.Invalid(at, $"expected an object, got {Kind(item)}.", "invalid_type"));
        }

        return objects;
    }

    /// <summary>An array of strings; empty if it is absent.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        List<string> texts = [];
        if (Array(name) is not { } array)
            return texts;

        foreach (JsonElement item in array)
            texts.Add(item.ValueKind == JsonValueKind.String ? item.GetString()! : throw ApiException.Invalid($"{PathOf(name)}[{texts.Count}]", $"expected a string, got {Kind(item)}.", "invalid_type"));

        return texts;
    }

    /// <summary>The fault of a field with a value of the wrong kind or range.</summary>
    public ApiException Wrong(string name, string expected, JsonElement got) => ApiException.Invalid(PathOf(name), $"expected {expected}, got {Kind(got)}.", "invalid_type");

    /// <summary>The fault of a field that is missing.</summary>
    public ApiException Missing(string name, string expected) => ApiException.Invalid(PathOf(name), $"missing; expected {expected}.", "missing_required_parameter");

    /// <summary>A value as messages show it: short ones as they are.</summary>
    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => $"the string '{Cut(value.GetString()!)}'",
        JsonValueKind.Null => "null",
        _ => Cut(value.GetRawText()),
    };

    private static string Cut(string text) => text.Length <= 40 ? text : $"{text[..40]}…";
}
