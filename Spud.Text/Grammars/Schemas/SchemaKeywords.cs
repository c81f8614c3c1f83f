using Spud.Models.Messages;

namespace Spud.Text.Grammars.Schemas;

/// <summary>The keywords of JSON schemas: honoured, refused, and without effect on what is valid.</summary>
internal static class SchemaKeywords
{
    private const string Order = "a text is written from front to back, and this depends on what was written before";

    private static readonly HashSet<string> s_honoured = new(StringComparer.Ordinal)
    {
        "type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "nullable",
        "properties", "required", "additionalProperties", "minProperties", "maxProperties", "unevaluatedProperties",
        "items", "prefixItems", "minItems", "maxItems", "uniqueItems", "unevaluatedItems",
        "minLength", "maxLength", "pattern", "format",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    };

    private static readonly Dictionary<string, string> s_refused = new(StringComparer.Ordinal)
    {
        ["not"] = "negation is not supported",
        ["if"] = "conditions are not supported; use anyOf with a const property in each branch",
        ["then"] = "conditions are not supported; use anyOf with a const property in each branch",
        ["else"] = "conditions are not supported; use anyOf with a const property in each branch",
        ["patternProperties"] = "not supported; use properties or additionalProperties",
        ["propertyNames"] = "not supported; use properties",
        ["dependentRequired"] = Order,
        ["dependentSchemas"] = Order,
        ["dependencies"] = Order,
        ["contains"] = "not supported; use prefixItems",
        ["minContains"] = "not supported",
        ["maxContains"] = "not supported",
        ["additionalItems"] = "this keyword of older drafts is not supported; use prefixItems and items",
        ["$dynamicRef"] = "only $ref is supported",
        ["$recursiveRef"] = "only $ref is supported",
    };

    private static readonly HashSet<string> s_annotations = new(StringComparer.Ordinal)
    {
        "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "discriminator",
        "$schema", "$id", "$anchor", "$dynamicAnchor", "$comment", "$vocabulary", "$defs", "definitions",
        "contentMediaType", "contentEncoding", "contentSchema",
    };

    /// <summary>Whether a keyword restricts what is valid.</summary>
    public static bool Restricts(string keyword) => s_honoured.Contains(keyword) || s_refused.ContainsKey(keyword);

    /// <summary>Why a keyword is refused; null if it is not. A keyword that nobody knows is an annotation, unless it looks like a misspelt one.</summary>
    public static string? Refusal(string keyword)
    {
        if (s_refused.TryGetValue(keyword, out string? reason))
            return reason;
        if (s_honoured.Contains(keyword) || s_annotations.Contains(keyword))
            return null;
        return Suggestion.For(keyword, s_honoured) is { } near ? $"unknown keyword. Did you mean '{near}'?" : null;
    }
}
