using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Spud.Configuration;

/// <summary>The JSON schema of an options class, including the rules of its DataAnnotations attributes.</summary>
internal static class OptionsSchema
{
    private static readonly JsonSchemaExporterOptions s_options = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };

    /// <summary>An object schema that allows no other members.</summary>
    /// <param name="type">Type information of the options class.</param>
    /// <param name="place">Where the schema will be in its document, such as <c>#/definitions/cache.plain</c>; internal references begin with it.</param>
    public static JsonObject Of(JsonTypeInfo type, string place)
    {
        JsonObject schema = type.GetJsonSchemaAsNode(s_options).AsObject();
        MoveReferences(schema, place);
        schema["type"] = "object"; // the root is never null
        return schema;
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        if ((Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type) == typeof(ComponentSpec))
            node = Component();
        if (node is not JsonObject schema)
            return node;
        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && !schema.ContainsKey("$ref"))
            Close(schema, context.TypeInfo);
        if (LeafType.EnumNames(context.TypeInfo) is { } names)
            AddEnumNames(schema, names);
        if (Is(schema, "integer"))
            AddLimits(schema, Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type);
        if (context.PropertyInfo is not { AttributeProvider: { } provider } property)
            return schema;
        if (provider.GetCustomAttributes(typeof(DescriptionAttribute), inherit: true) is [DescriptionAttribute text, ..])
            schema.Insert(0, "description", text.Description);
        foreach (ValidationAttribute rule in OptionRules.Of(property).OrderBy(rule => rule is RequiredAttribute))
            AddRule(schema, rule);
        return schema;
    }

    // The allowed options depend on the component, which the binder knows.
    private static JsonObject Component() => new()
    {
        ["type"] = new JsonArray("string", "object"),
        ["minLength"] = 1,
        ["required"] = new JsonArray("use"),
        ["properties"] = new JsonObject { ["use"] = new JsonObject { ["type"] = "string", ["minLength"] = 1 } },
    };

    private static void Close(JsonObject schema, JsonTypeInfo type)
    {
        schema["additionalProperties"] = false;
        JsonArray required = schema["required"] as JsonArray ?? [];
        foreach (JsonPropertyInfo property in type.Properties)
        {
            bool isListed = required.Any(name => name!.GetValue<string>() == property.Name);
            if (!isListed && OptionRules.Of(property).OfType<RequiredAttribute>().Any())
                required.Add((JsonNode)JsonValue.Create(property.Name));
        }

        if (required.Count > 0)
            schema["required"] = required;
    }

    // Names are accepted in any case; editors should offer the form that messages show.
    private static void AddEnumNames(JsonObject schema, IReadOnlyList<string> names)
    {
        JsonArray written = schema["enum"] as JsonArray ?? [];
        List<string?> known = [.. written.Select(name => name?.GetValue<string>())];
        for (int i = 0; i < names.Count; i++)
        {
            if (!known.Contains(names[i]))
                written.Insert(i, JsonValue.Create(names[i]));
        }

        schema["enum"] = written;
    }

    // Limits of the type; a [Range] comes later and replaces them.
    private static void AddLimits(JsonObject schema, Type type)
    {
        (decimal Least, decimal Most) limits = Type.GetTypeCode(type) switch
        {
            TypeCode.Byte => (byte.MinValue, byte.MaxValue),
            TypeCode.SByte => (sbyte.MinValue, sbyte.MaxValue),
            TypeCode.Int16 => (short.MinValue, short.MaxValue),
            TypeCode.UInt16 => (ushort.MinValue, ushort.MaxValue),
            TypeCode.Int32 => (int.MinValue, int.MaxValue),
            TypeCode.UInt32 => (uint.MinValue, uint.MaxValue),
            TypeCode.UInt64 => (ulong.MinValue, ulong.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        (schema["minimum"], schema["maximum"]) = (limits.Least, limits.Most);
    }

    private static void AddRule(JsonObject schema, ValidationAttribute rule)
    {
        bool isArray = Is(schema, "array");
        switch (rule)
        {
            case RangeAttribute { Minimum: int or double } range:
                schema[range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = Value(range.Minimum);
                schema[range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = Value(range.Maximum);
                break;
            case RegularExpressionAttribute pattern:
                schema["pattern"] = $"^(?:{pattern.Pattern})$";
                break;
            case AllowedValuesAttribute allowed:
                schema["enum"] = new JsonArray([.. allowed.Values.Select(value => Value(value))]);
                break;
            case StringLengthAttribute length:
                (schema["minLength"], schema["maxLength"]) = (length.MinimumLength, length.MaximumLength);
                break;
            case MinLengthAttribute length:
                schema[isArray ? "minItems" : "minLength"] = length.Length;
                break;
            case MaxLengthAttribute length:
                schema[isArray ? "maxItems" : "maxLength"] = length.Length;
                break;
            case RequiredAttribute { AllowEmptyStrings: false } when Is(schema, "string"):
                schema["minLength"] = Math.Max(1, schema["minLength"]?.GetValue<int>() ?? 0);
                break;
        }
    }

    private static bool Is(JsonObject schema, string type) => schema["type"] switch
    {
        JsonArray types => types.Any(candidate => candidate!.GetValue<string>() == type),
        JsonValue single => single.GetValue<string>() == type,
        _ => false,
    };

    private static JsonNode? Value(object? value) => value switch
    {
        null => null,
        int number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        bool truth => JsonValue.Create(truth),
        _ => JsonValue.Create(value.ToString()),
    };

    // The exporter's references are relative to the root of its own document.
    private static void MoveReferences(JsonNode? node, string place)
    {
        if (node is JsonArray items)
        {
            foreach (JsonNode? item in items)
                MoveReferences(item, place);
        }
        else if (node is JsonObject members)
        {
            if (members["$ref"] is JsonValue reference)
                members["$ref"] = place + reference.GetValue<string>()[1..];
            foreach ((string _, JsonNode? member) in members.ToArray())
                MoveReferences(member, place);
        }
    }
}
