using System.Text.Json;

namespace Spud.Text.Grammars.Schemas;

/// <summary>Strings, numbers, lists and constants.</summary>
internal sealed partial class JsonSchemaCompiler
{
    private GrammarNode String(JsonElement schema, string pointer)
    {
        int min = Count(schema, "minLength", pointer) ?? 0;
        int? max = Count(schema, "maxLength", pointer);
        bool hasPattern = Text(schema, "pattern", pointer, out string? pattern), hasFormat = Text(schema, "format", pointer, out string? format);
        int before = _faults.Count;
        if (hasFormat && StringFormats.PatternOf(format!) is null)
            Refuse($"{pointer}/format", $"'{format}' is not supported. Supported: {StringFormats.Names}");
        if (hasPattern && hasFormat)
            Refuse($"{pointer}/format", "pattern and format together are not supported");
        if ((hasPattern || hasFormat) && (min > 0 || max is not null))
            Refuse($"{pointer}/{(hasPattern ? "pattern" : "format")}", "together with minLength or maxLength this is not supported. Write the length into the pattern");
        if (max < min)
            Refuse($"{pointer}/maxLength", $"expected at least minLength ({min}), got {max}");
        if (hasPattern)
            Guarded($"{pointer}/pattern", () => new PatternParser(pattern!).Parse());
        if (_faults.Count > before)
            return GrammarNode.Empty;
        if (!hasPattern && !hasFormat && min == 0 && max is null)
            return AnyString();

        GrammarNode inner = hasPattern || hasFormat ? new PatternParser(pattern ?? StringFormats.PatternOf(format!)!).Parse() : JsonGrammar.AnyCharacter.Repeat(min, max);
        return GrammarNode.Sequence(GrammarNode.Literal("\""), inner, GrammarNode.Literal("\""));
    }

    private GrammarNode Number(bool isInteger, JsonElement schema, string pointer)
    {
        if (schema.TryGetProperty("multipleOf", out JsonElement multiple) && !(isInteger && multiple.ValueKind == JsonValueKind.Number && multiple.GetRawText() is "1" or "1.0"))
            Refuse($"{pointer}/multipleOf", "not supported, except 1 for an integer");

        (decimal? min, bool minExclusive) = Limit(schema, "minimum", "exclusiveMinimum", pointer, static (a, b) => a > b);
        (decimal? max, bool maxExclusive) = Limit(schema, "maximum", "exclusiveMaximum", pointer, static (a, b) => a < b);
        if (min is null && max is null)
            return AnyNumber(isInteger);

        return NumberSchema.Between(isInteger, min, minExclusive, max, maxExclusive)
            ?? Refuse(pointer, $"no {(isInteger ? "integer" : "number")} of up to 16 digits lies between the limits");
    }

    private (decimal? Value, bool Exclusive) Limit(JsonElement schema, string inclusive, string exclusive, string pointer, Func<decimal, decimal, bool> isStricter)
    {
        decimal? limit = Decimal(inclusive), open = Decimal(exclusive);
        return open is { } strict && (limit is not { } weak || !isStricter(weak, strict)) ? (strict, true) : (limit, false);

        decimal? Decimal(string keyword)
        {
            if (!schema.TryGetProperty(keyword, out JsonElement value))
                return null;
            if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number))
                return number;

            Refuse($"{pointer}/{keyword}", $"expected a number of up to 28 digits, got {JsonGrammar.Compact(value)}");
            return null;
        }
    }

    private GrammarNode Array(JsonElement schema, string pointer)
    {
        if (schema.TryGetProperty("uniqueItems", out JsonElement unique) && unique.ValueKind == JsonValueKind.True && Count(schema, "maxItems", pointer) is not <= 1)
            Refuse($"{pointer}/uniqueItems", "a text is written from front to back, and this depends on what was written before");
        if (schema.TryGetProperty("unevaluatedItems", out JsonElement unevaluated) && unevaluated.ValueKind == JsonValueKind.Object)
            Refuse($"{pointer}/unevaluatedItems", "not supported; use items");

        GrammarNode[] prefix = [.. Listed(schema, pointer)];
        int min = Count(schema, "minItems", pointer) ?? 0;
        int? max = Count(schema, "maxItems", pointer);
        bool hasItems = schema.TryGetProperty("items", out JsonElement items);
        if (hasItems && items.ValueKind == JsonValueKind.Array)
            return Refuse($"{pointer}/items", "a list is a keyword of older drafts; use prefixItems");
        if ((hasItems && items.ValueKind == JsonValueKind.False) || unevaluated.ValueKind == JsonValueKind.False)
            max = Math.Min(max ?? prefix.Length, prefix.Length);

        GrammarNode? further = prefix.Length >= max ? null : hasItems ? Value(items, $"{pointer}/items") : AnyValue();
        return max < min ? Refuse($"{pointer}/minItems", $"expected at most {max}, the greatest number of items, got {min}") : ListOf(prefix, further, min, max);
    }

    private IEnumerable<GrammarNode> Listed(JsonElement schema, string pointer)
    {
        if (!schema.TryGetProperty("prefixItems", out JsonElement given))
            return [];
        if (given.ValueKind == JsonValueKind.Array && given.GetArrayLength() <= GrammarLimits.Members)
            return given.EnumerateArray().Select((item, i) => Value(item, $"{pointer}/prefixItems/{i}"));

        Refuse($"{pointer}/prefixItems", $"expected a list of at most {GrammarLimits.Members} schemas");
        return [];
    }

    private static GrammarNode ListOf(GrammarNode[] prefix, GrammarNode? further, int min, int? max)
    {
        // From the end: what may follow after some items.
        int first = Math.Min(prefix.Length, max ?? int.MaxValue);
        GrammarNode rest = further is null ? GrammarNode.Empty : JsonGrammar.Next(further).Repeat(Math.Max(0, min - Math.Max(first, 1)), max - Math.Max(first, 1));
        for (int i = first - 1; i > 0; i--)
        {
            GrammarNode item = GrammarNode.Sequence(JsonGrammar.Next(prefix[i]), rest);
            rest = i >= min ? item.Optional() : item;
        }

        GrammarNode? opening = first > 0 ? prefix[0] : further;
        GrammarNode? all = max == 0 || opening is null ? null : GrammarNode.Sequence(opening, rest);
        return JsonGrammar.Brackets("[", all, mayBeEmpty: min == 0, "]");
    }

    private GrammarNode Constants(JsonElement schema, string pointer)
    {
        List<JsonElement> values = [];
        if (schema.TryGetProperty("const", out JsonElement only))
            values.Add(only);
        else if (schema.TryGetProperty("enum", out JsonElement given) && given.ValueKind == JsonValueKind.Array && given.GetArrayLength() is > 0 and <= GrammarLimits.Members)
            values.AddRange(given.EnumerateArray());
        else
            return Refuse($"{pointer}/enum", $"expected a list of 1 to {GrammarLimits.Members} values");

        // The other keywords may forbid some of the values.
        JsonElement rest = Without(schema, "const", only.ValueKind == JsonValueKind.Undefined ? "enum" : "const");
        string[] texts = [.. values.Select(JsonGrammar.Compact)];
        if (RestrictsBesides(rest, ""))
        {
            JsonSchemaCompiler compiler = new(new(), _document, _place);
            if (compiler.Alone(rest, pointer) is not { } others)
            {
                _faults.AddRange(compiler._faults);
                return GrammarNode.Empty;
            }

            texts = [.. texts.Where(others.Matches)];
        }

        return texts.Length > 0
            ? GrammarNode.Choice([.. texts.Distinct().Select(GrammarNode.Literal)])
            : Refuse(pointer, "no value of enum or const is valid for the other keywords");
    }

    /// <summary>What a schema matches, without this compiler's other rules; null if it has faults.</summary>
    private Grammar? Alone(JsonElement schema, string pointer)
    {
        GrammarNode root = _rules.Add("root", Value(schema, pointer));
        while (_unbuilt.TryDequeue(out (int Rule, JsonElement Schema, string Pointer) next))
            _rules.Define(next.Rule, Value(next.Schema, next.Pointer));

        return _faults.Count == 0 ? _rules.ToGrammar(root) : null;
    }

    private int? Count(JsonElement schema, string keyword, string pointer)
    {
        if (!schema.TryGetProperty(keyword, out JsonElement value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= 0 && number == Math.Floor(number))
        {
            if (number <= GrammarLimits.Repetitions)
                return (int)number;

            // No text of a context is longer.
            if (keyword.StartsWith("max", StringComparison.Ordinal))
                return null;
        }

        Refuse($"{pointer}/{keyword}", $"expected a whole number from 0 to {GrammarLimits.Repetitions}, got {JsonGrammar.Compact(value)}");
        return null;
    }

    private bool Text(JsonElement schema, string keyword, string pointer, out string? text)
    {
        text = null;
        if (!schema.TryGetProperty(keyword, out JsonElement value))
            return false;
        if (value.ValueKind == JsonValueKind.String)
            text = value.GetString();
        else
            Refuse($"{pointer}/{keyword}", $"expected a string, got {JsonGrammar.Compact(value)}");
        return text is not null;
    }
}
