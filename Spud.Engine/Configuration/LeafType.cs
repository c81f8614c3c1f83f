using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Spud.Configuration;

/// <summary>Reads and describes values that are neither objects nor arrays.</summary>
internal static class LeafType
{
    // Weak, so that the type information of a plugin can be collected with its plugin.
    private static readonly ConditionalWeakTable<JsonTypeInfo, string[]> s_enumNames = [];

    /// <summary>Whether an exception means that a serialiser rejected a value.</summary>
    public static bool IsRefusal(Exception fault) =>
        fault is JsonException or FormatException or OverflowException or ArgumentException or InvalidOperationException;

    /// <summary>Deserialises a value with its type's own metadata; false if it does not fit.</summary>
    public static bool TryRead(ConfigNode node, JsonTypeInfo type, out object? value)
    {
        value = null;
        if (node is not ConfigScalar scalar)
            return false;
        if (EnumNames(type) is { } names && scalar.Kind != JsonValueKind.Null && !names.Contains(scalar.Text, StringComparer.OrdinalIgnoreCase))
            return false; // the converter would also accept numbers and "a, b"
        try
        {
            value = JsonSerializer.Deserialize(scalar.Json, type);
            return value is not (double.NaN or double.PositiveInfinity or double.NegativeInfinity
                or float.NaN or float.PositiveInfinity or float.NegativeInfinity);
        }
        catch (Exception fault) when (IsRefusal(fault))
        {
            return false;
        }
    }

    /// <summary>The names of an enum's values, in lower case unless they are camel case; null for anything but a named enum.</summary>
    public static IReadOnlyList<string>? EnumNames(JsonTypeInfo type)
    {
        Type bare = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        return bare.IsEnum && s_enumNames.GetValue(type, found => NamesOf(bare, found)) is { Length: > 0 } names ? names : null;
    }

    private static string[] NamesOf(Type bare, JsonTypeInfo type)
    {
        List<string> names = [];
        foreach (object number in Enum.GetValuesAsUnderlyingType(bare))
        {
            using JsonDocument written = JsonSerializer.SerializeToDocument(Enum.ToObject(bare, number), type);
            if (written.RootElement.ValueKind != JsonValueKind.String)
                return [];
            string name = written.RootElement.GetString()!;
            names.Add(char.IsUpper(name[0]) ? name.ToLowerInvariant() : name);
        }

        return [.. names.Distinct()];
    }

    /// <summary>Describes what a value must be: "a whole number from 1 to 256", "one of f32, f16".</summary>
    public static string Describe(JsonTypeInfo type, IReadOnlyList<ValidationAttribute> rules, ConfigNode got)
    {
        Type bare = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        string orNull = bare == type.Type ? "" : " or null";
        if (rules.OfType<AllowedValuesAttribute>().FirstOrDefault() is { } allowed)
            return $"one of {string.Join(", ", allowed.Values)}{orNull}";
        if (EnumNames(type) is { } names)
            return $"one of {string.Join(", ", names)}{orNull}";
        string kind = type.Kind switch
        {
            JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "an object",
            JsonTypeInfoKind.Enumerable => "an array",
            _ => Kind(bare),
        };
        return kind + Range(bare, rules, got) + Pattern(rules) + orNull;
    }

    private static string Kind(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "true or false",
        TypeCode.String => "a string",
        TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number",
        >= TypeCode.SByte and <= TypeCode.UInt64 => "a whole number",
        _ when type == typeof(ComponentSpec) => "the name of a component or an object with 'use'",
        _ when type == typeof(TimeSpan) => "a duration such as \"00:00:30\"",
        _ => $"a {type.Name}",
    };

    private static string Range(Type type, IReadOnlyList<ValidationAttribute> rules, ConfigNode got)
    {
        if (rules.OfType<RangeAttribute>().FirstOrDefault() is { } range)
            return Words(range);
        // If a number was rejected without a range, it was too large for the type, or not a whole number.
        return got is ConfigScalar { Kind: JsonValueKind.Number } ? Type.GetTypeCode(type) switch
        {
            TypeCode.Byte => Between(byte.MinValue, byte.MaxValue),
            TypeCode.Int16 => Between(short.MinValue, short.MaxValue),
            TypeCode.Int32 => Between(int.MinValue, int.MaxValue),
            TypeCode.UInt32 => Between(uint.MinValue, uint.MaxValue),
            TypeCode.Int64 => Between(long.MinValue, long.MaxValue),
            TypeCode.UInt64 => Between(ulong.MinValue, ulong.MaxValue),
            TypeCode.Single => Between(float.MinValue, float.MaxValue),
            TypeCode.Double => Between(double.MinValue, double.MaxValue),
            _ => "",
        } : "";
    }

    private static string Words(RangeAttribute range) => range switch
    {
        { Maximum: int.MaxValue or double.MaxValue or double.PositiveInfinity } => $" of at least {Number(range.Minimum)}",
        { MinimumIsExclusive: true, MaximumIsExclusive: true } => $" between {Number(range.Minimum)} and {Number(range.Maximum)}, both excluded",
        { MinimumIsExclusive: true } => $" above {Number(range.Minimum)} and up to {Number(range.Maximum)}",
        { MaximumIsExclusive: true } => $" from {Number(range.Minimum)} and below {Number(range.Maximum)}",
        _ => Between(range.Minimum, range.Maximum),
    };

    private static string Between(object least, object most) => $" from {Number(least)} to {Number(most)}";

    private static string Number(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static string Pattern(IReadOnlyList<ValidationAttribute> rules) =>
        rules.OfType<RegularExpressionAttribute>().FirstOrDefault() is { } pattern ? $" that matches {pattern.Pattern}" : "";
}
