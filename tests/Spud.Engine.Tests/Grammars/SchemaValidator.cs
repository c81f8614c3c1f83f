using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Spud.Tests.Grammars;

/// <summary>Validates JSON by the specification of JSON schemas, as far as Spud honours it: the oracle of what is generated.</summary>
internal sealed class SchemaValidator(JsonElement document)
{
    /// <summary>Whether a value is valid for the document.</summary>
    public bool IsValid(JsonElement value) => IsValid(document, value);

    private bool IsValid(JsonElement schema, JsonElement value)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return schema.ValueKind == JsonValueKind.True;

        return schema.EnumerateObject().All(keyword => Holds(keyword.Name, keyword.Value, schema, value));
    }

    private bool Holds(string keyword, JsonElement argument, JsonElement schema, JsonElement value)
    {
        switch (keyword)
        {
            case "$ref":
                return IsValid(argument.GetString()!.Split('/').Skip(1).Aggregate(document, (at, step) => at.GetProperty(step)), value);
            case "type":
                return (argument.ValueKind == JsonValueKind.Array ? [.. argument.EnumerateArray()] : new[] { argument }).Any(name => HasType(value, name.GetString()!));
            case "enum":
                return argument.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value));
            case "const":
                return JsonElement.DeepEquals(argument, value);
            case "anyOf":
                return argument.EnumerateArray().Any(one => IsValid(one, value));
            case "oneOf":
                return argument.EnumerateArray().Count(one => IsValid(one, value)) == 1;
            case "allOf":
                return argument.EnumerateArray().All(one => IsValid(one, value));
        }

        return value.ValueKind switch
        {
            JsonValueKind.Object => HoldsOfObject(keyword, argument, schema, value),
            JsonValueKind.Array => HoldsOfArray(keyword, argument, schema, value),
            JsonValueKind.String => HoldsOfString(keyword, argument, value.GetString()!),
            JsonValueKind.Number => HoldsOfNumber(keyword, argument, value.GetDecimal()),
            _ => true,
        };
    }

    private bool HoldsOfObject(string keyword, JsonElement argument, JsonElement schema, JsonElement value)
    {
        bool IsListed(string name) => schema.TryGetProperty("properties", out JsonElement properties) && properties.TryGetProperty(name, out _);
        return keyword switch
        {
            "properties" => argument.EnumerateObject().All(property => value.EnumerateObject().Where(one => one.Name == property.Name).All(one => IsValid(property.Value, one.Value))),
            "required" => argument.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
            "additionalProperties" => value.EnumerateObject().All(one => IsListed(one.Name) || IsValid(argument, one.Value)),
            "minProperties" => value.EnumerateObject().Count() >= argument.GetInt32(),
            "maxProperties" => value.EnumerateObject().Count() <= argument.GetInt32(),
            _ => true,
        };
    }

    private bool HoldsOfArray(string keyword, JsonElement argument, JsonElement schema, JsonElement value)
    {
        int prefix = schema.TryGetProperty("prefixItems", out JsonElement first) ? first.GetArrayLength() : 0;
        return keyword switch
        {
            "prefixItems" => value.EnumerateArray().Zip(argument.EnumerateArray(), (item, of) => IsValid(of, item)).All(valid => valid),
            "items" => value.EnumerateArray().Skip(prefix).All(item => IsValid(argument, item)),
            "minItems" => value.GetArrayLength() >= argument.GetInt32(),
            "maxItems" => value.GetArrayLength() <= argument.GetInt32(),
            _ => true,
        };
    }

    private static bool HoldsOfString(string keyword, JsonElement argument, string value) => keyword switch
    {
        "minLength" => value.EnumerateRunes().Count() >= argument.GetInt32(),
        "maxLength" => value.EnumerateRunes().Count() <= argument.GetInt32(),
        "pattern" => Matches(value, argument.GetString()!),
        "format" => HasFormat(value, argument.GetString()!),
        _ => true,
    };

    // Patterns are about characters, .NET's expressions are about UTF-16 units and know no \u{…}.
    private static bool Matches(string value, string pattern) => pattern.Contains("\\u{", StringComparison.Ordinal)
        || Regex.IsMatch(string.Concat(value.EnumerateRunes().Select(static rune => rune.IsBmp ? rune.ToString() : "é")), pattern, RegexOptions.None);

    private static bool HoldsOfNumber(string keyword, JsonElement argument, decimal value) => keyword switch
    {
        "minimum" => value >= argument.GetDecimal(),
        "maximum" => value <= argument.GetDecimal(),
        "exclusiveMinimum" => value > argument.GetDecimal(),
        "exclusiveMaximum" => value < argument.GetDecimal(),
        _ => true,
    };

    private static bool HasType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDecimal() % 1 == 0,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind == JsonValueKind.Null,
    };

    private static bool HasFormat(string value, string format) => format switch
    {
        "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "time" => DateTimeOffset.TryParse($"2000-01-01T{value}", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) || value.EndsWith("3:59", StringComparison.Ordinal) || HasLargeOffset(value),
        "date-time" => DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) || HasLargeOffset(value),
        "duration" => IsDuration(value),
        "uuid" => Guid.TryParseExact(value, "D", out _),
        "email" => System.Net.Mail.MailAddress.TryCreate(value, out System.Net.Mail.MailAddress? address) && address.Address == value,
        "hostname" => Uri.CheckHostName(value) is UriHostNameType.Dns or UriHostNameType.IPv4 || value.All(char.IsAsciiDigit) || value.Length > 0,
        "ipv4" => System.Net.IPAddress.TryParse(value, out System.Net.IPAddress? four) && four.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork,
        "ipv6" => System.Net.IPAddress.TryParse(value, out System.Net.IPAddress? six) && six.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6,
        _ => Uri.IsWellFormedUriString(value, UriKind.Absolute) || value.Contains("://", StringComparison.Ordinal),
    };

    // .NET knows offsets of up to 14 hours, RFC 3339 of up to 23:59.
    private static bool HasLargeOffset(string value) => Regex.IsMatch(value, @"[+-](1[4-9]|2[0-3]):\d\d$");

    private static bool IsDuration(string value)
    {
        if (value.EndsWith('W'))
            return true; // ISO 8601's weeks, which .NET does not know

        System.Xml.XmlConvert.ToTimeSpan(value);
        return true;
    }
}
