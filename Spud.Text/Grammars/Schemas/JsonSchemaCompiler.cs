using System.Text.Json;

namespace Spud.Text.Grammars.Schemas;

/// <summary>
/// Compiles JSON schemas (a part of draft 2020-12) to grammars. Every text that the grammar matches is valid; not every valid text is
/// matched: properties have the schema's order, and objects that list properties have no others unless <c>additionalProperties</c> says so.
/// </summary>
internal sealed partial class JsonSchemaCompiler
{
    private static readonly string[] s_types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    private readonly GrammarRules _rules;
    private readonly JsonElement _document;
    private readonly string _place;
    private readonly List<JsonSchemaFault> _faults = [];
    private readonly Dictionary<string, GrammarNode> _references = new(StringComparer.Ordinal);
    private readonly Queue<(int Rule, JsonElement Schema, string Pointer)> _unbuilt = new();
    private readonly Dictionary<string, GrammarNode> _shared = new(StringComparer.Ordinal);
    private int _depth;

    private JsonSchemaCompiler(GrammarRules rules, JsonElement document, string place) => (_rules, _document, _place) = (rules, document, place);

    /// <summary>Compiles a schema.</summary>
    /// <exception cref="JsonSchemaException">It has keywords that cannot be honoured.</exception>
    public static Grammar Compile(JsonElement schema)
    {
        GrammarRules rules = new();
        return rules.ToGrammar(Compile(schema, rules));
    }

    /// <summary>Compiles a schema to rules of a larger grammar.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="rules">The grammar's rules.</param>
    /// <param name="place">JSON pointer to the schema, for messages.</param>
    /// <exception cref="JsonSchemaException">It has keywords that cannot be honoured.</exception>
    public static GrammarNode Compile(JsonElement schema, GrammarRules rules, string place = "") => Compile(schema, "#", rules, place);

    /// <summary>Compiles the schema of a property to rules of a larger grammar; its references are those of the whole schema.</summary>
    /// <param name="schema">The whole schema.</param>
    /// <param name="name">The property.</param>
    /// <param name="rules">The grammar's rules.</param>
    /// <param name="place">JSON pointer to the whole schema, for messages.</param>
    /// <exception cref="JsonSchemaException">It has keywords that cannot be honoured.</exception>
    public static GrammarNode CompileProperty(JsonElement schema, string name, GrammarRules rules, string place) =>
        Compile(schema, $"#/properties/{Uri.EscapeDataString(Escape(name))}", rules, place);

    /// <summary>A name in a JSON pointer.</summary>
    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static GrammarNode Compile(JsonElement schema, string target, GrammarRules rules, string place)
    {
        JsonSchemaCompiler compiler = new(rules, schema, place);
        GrammarNode root = compiler.Reference(target, "");
        while (compiler._unbuilt.TryDequeue(out (int Rule, JsonElement Schema, string Pointer) next))
            rules.Define(next.Rule, compiler.Value(next.Schema, next.Pointer));

        return compiler._faults.Count == 0 ? root : throw new JsonSchemaException(compiler._faults);
    }

    private GrammarNode Value(JsonElement schema, string pointer)
    {
        if (schema.ValueKind == JsonValueKind.True)
            return AnyValue();
        if (schema.ValueKind != JsonValueKind.Object)
            return Refuse(pointer, schema.ValueKind == JsonValueKind.False ? "no value is valid here" : $"expected a schema (an object or a boolean), got {JsonGrammar.Compact(schema)}");
        if (++_depth > GrammarLimits.Depth)
            throw new GrammarException($"{pointer} nests deeper than {GrammarLimits.Depth} levels");

        GrammarNode value = Restricted(Known(schema, pointer), pointer);
        _depth--;
        return value;
    }

    /// <summary>The schema without keywords that are refused: the others are read all the same, so that all faults are found.</summary>
    private JsonElement Known(JsonElement schema, string pointer)
    {
        List<string> refused = [];
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            if (SchemaKeywords.Refusal(keyword.Name) is not { } reason)
                continue;

            refused.Add(keyword.Name);
            Refuse($"{pointer}/{Escape(keyword.Name)}", reason);
        }

        return refused.Count > 0 ? Without(schema, [.. refused]) : schema;
    }

    private GrammarNode Restricted(JsonElement schema, string pointer) => Guarded(pointer, () => Combined(schema, pointer)) ?? OfTypes(schema, pointer);

    /// <summary>What a part of the schema matches; its faults are noted.</summary>
    private GrammarNode? Guarded(string pointer, Func<GrammarNode?> build)
    {
        int depth = _depth;
        try
        {
            return build();
        }
        catch (Exception problem) when (problem is FormatException or InvalidOperationException or ArgumentException)
        {
            // The last two: a keyword has a value of the wrong kind, or two members have the same name.
            _depth = depth;
            return Refuse(pointer, problem.Message);
        }
    }

    /// <summary>A schema that is made of others; null if it is not.</summary>
    private GrammarNode? Combined(JsonElement schema, string pointer)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference) && !RestrictsBesides(schema, "$ref"))
            return Reference(reference.ValueKind == JsonValueKind.String ? reference.GetString()! : "", $"{pointer}/$ref");
        if (schema.TryGetProperty("$ref", out _) || schema.TryGetProperty("allOf", out _))
            return Value(Flatten(schema, pointer), pointer);
        if (schema.TryGetProperty("anyOf", out JsonElement any))
            return Alternatives(schema, any, "anyOf", pointer);
        if (schema.TryGetProperty("oneOf", out JsonElement one))
            return Alternatives(schema, one, "oneOf", pointer);

        return schema.TryGetProperty("enum", out _) || schema.TryGetProperty("const", out _) ? Constants(schema, pointer) : null;
    }

    private GrammarNode OfTypes(JsonElement schema, string pointer)
    {
        List<string> types = TypesOf(schema, pointer);
        return types.Count == 0 ? AnyValue() : GrammarNode.Choice([.. types.Select(type => OfType(type, schema, pointer))]);
    }

    private GrammarNode OfType(string type, JsonElement schema, string pointer) => type switch
    {
        "object" => Object(schema, pointer),
        "array" => Array(schema, pointer),
        "string" => String(schema, pointer),
        "boolean" => GrammarNode.Choice(GrammarNode.Literal("true"), GrammarNode.Literal("false")),
        "null" => GrammarNode.Literal("null"),
        _ => Number(type == "integer", schema, pointer),
    };

    /// <summary>The types that a schema allows; those that its keywords are about if it names none.</summary>
    private List<string> TypesOf(JsonElement schema, string pointer)
    {
        List<string> types = [];
        if (schema.TryGetProperty("type", out JsonElement type))
        {
            foreach (JsonElement name in type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray()] : new[] { type })
            {
                if (name.ValueKind == JsonValueKind.String && s_types.Contains(name.GetString()))
                    types.Add(name.GetString()!);
                else
                    Refuse($"{pointer}/type", $"expected {string.Join(", ", s_types)} or a list of them, got {JsonGrammar.Compact(name)}");
            }

            if (type.ValueKind == JsonValueKind.Array && types.Count == 0)
                Refuse($"{pointer}/type", "the list is empty: no value is valid");
        }
        else
        {
            types.AddRange(schema.EnumerateObject().Select(static keyword => TypeMeantBy(keyword.Name)).OfType<string>().Distinct());
        }

        if (schema.TryGetProperty("nullable", out JsonElement nullable) && nullable.ValueKind == JsonValueKind.True && types.Count > 0 && !types.Contains("null"))
            types.Add("null");
        if (types.Contains("number"))
            types.Remove("integer");
        return types;
    }

    private static string? TypeMeantBy(string keyword) => keyword switch
    {
        "properties" or "required" or "additionalProperties" or "minProperties" or "maxProperties" => "object",
        "items" or "prefixItems" or "minItems" or "maxItems" => "array",
        "minLength" or "maxLength" or "pattern" or "format" => "string",
        "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf" => "number",
        _ => null,
    };

    private GrammarNode AnyValue() => Shared("value", rule =>
    {
        GrammarNode value = new ReferenceNode(rule);
        return GrammarNode.Choice(
            AnyObject(value),
            JsonGrammar.Brackets("[", ListOf(value), mayBeEmpty: true, "]"),
            AnyString(),
            AnyNumber(isInteger: false),
            GrammarNode.Literal("true"),
            GrammarNode.Literal("false"),
            GrammarNode.Literal("null"));
    });

    private GrammarNode AnyObject(GrammarNode value) =>
        JsonGrammar.Brackets("{", ListOf(JsonGrammar.Property(AnyString(), value)), mayBeEmpty: true, "}");

    private GrammarNode AnyString() => Shared("string", static _ => GrammarNode.Sequence(
        GrammarNode.Literal("\""), JsonGrammar.AnyCharacter.Repeat(0, null), GrammarNode.Literal("\"")));

    private GrammarNode AnyNumber(bool isInteger) =>
        Shared(isInteger ? "integer" : "number", _ => NumberSchema.Between(isInteger, null, false, null, false)!);

    private static GrammarNode ListOf(GrammarNode member) => GrammarNode.Sequence(member, JsonGrammar.Next(member).Repeat(0, null));

    /// <summary>A rule that several places use.</summary>
    private GrammarNode Shared(string name, Func<int, GrammarNode> body)
    {
        if (_shared.TryGetValue(name, out GrammarNode? known))
            return known;

        int rule = _rules.Reserve(name);
        GrammarNode reference = new ReferenceNode(rule);
        _shared.Add(name, reference);
        _rules.Define(rule, body(rule));
        return reference;
    }

    private GrammarNode Refuse(string pointer, string reason)
    {
        _faults.Add(new(_place + pointer, reason));
        return GrammarNode.Empty;
    }

    private static bool RestrictsBesides(JsonElement schema, string keyword) =>
        schema.EnumerateObject().Any(other => other.Name != keyword && SchemaKeywords.Restricts(other.Name));
}
