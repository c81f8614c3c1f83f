using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Spud.Text.ChatTemplates;

/// <summary>Filters on any value: defaults, conversions, numbers, JSON.</summary>
internal static class ValueFilters
{
    public static IReadOnlyList<Builtin> All { get; } =
    [
        new("default", ["default_value?", "boolean?"], Default),
        new("d", ["default_value?", "boolean?"], Default),
        new("string", [], (run, value, _) => ValueText.Of(run, value)),
        new("safe", [], (run, value, _) => ValueText.Of(run, value)),
        new("int", ["default?", "base?"], ToInteger),
        new("float", ["default?"], ToFloat),
        new("abs", [], Absolute),
        new("round", ["precision?", "method?"], Round),
        new("length", [], (run, value, _) => ValueTypes.Length(run, value)),
        new("count", [], (run, value, _) => ValueTypes.Length(run, value)),
        new("tojson", ["ensure_ascii?", "indent?", "separators?", "sort_keys?"], ToJson),
        new("from_json", [], FromJson),
        new("fromjson", [], FromJson),
    ];

    private static object Default(TemplateRun run, object value, BoundArguments arguments)
    {
        bool isMissing = value is Undefined || (arguments.Flag(1) && !ValueTypes.IsTrue(value));
        return isMissing ? arguments[0] ?? TemplateString.Empty : value;
    }

    private static object ToInteger(TemplateRun run, object value, BoundArguments arguments)
    {
        object otherwise = arguments[0] ?? 0L;
        if (ValueTypes.TryGetInteger(value, out long whole))
            return whole;
        if (value is BigInteger)
            return value;
        long radix = arguments.Integer(1, 10);
        if (value is TemplateString text && NumberText.TryParseInteger(text.Text, radix, out long parsed))
            return parsed;
        return TryReadFloat(value, out double number) && Math.Abs(number) < 9.2e18 ? (long)number : otherwise;
    }

    private static object ToFloat(TemplateRun run, object value, BoundArguments arguments) =>
        TryReadFloat(value, out double number) ? number : arguments[0] ?? 0.0;

    private static bool TryReadFloat(object value, out double number)
    {
        if (value is TemplateString text)
            return double.TryParse(text.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
        return ValueTypes.TryGetFloat(value, out number);
    }

    private static object Absolute(TemplateRun run, object value, BoundArguments arguments)
    {
        if (ValueTypes.TryGetInteger(value, out long whole))
            return whole < 0 ? Operators.Sign(run, whole, isNegative: true) : whole;
        if (value is BigInteger big)
            return BigInteger.Abs(big);
        return value is double number ? Math.Abs(number) : throw run.Fail($"'abs' expects a number, got {ValueTypes.Describe(value)}");
    }

    private static object Round(TemplateRun run, object value, BoundArguments arguments)
    {
        if (!ValueTypes.TryGetFloat(value, out double number))
            throw run.Fail($"'round' expects a number, got {ValueTypes.Describe(value)}");
        string method = arguments.Text(1, "common")!;
        long precision = arguments.Integer(0, 0);
        double scale = Math.Pow(10, precision);
        return method switch
        {
            "common" when value is long or bool => precision >= 0 ? value : (long)(Math.Round(number * scale, MidpointRounding.ToEven) / scale),
            "common" => RoundCommon(number, precision, scale),
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            _ => throw run.Fail($"'round' expects the method common, ceil or floor, got '{method}'"),
        };
    }

    /// <summary>Rounds the exact binary value, half to even, as Python does: 2.675 is slightly less and gives 2.67.</summary>
    private static double RoundCommon(double number, long precision, double scale)
    {
        if (precision > 15 || !double.IsFinite(number))
            return number;
        double halves = Math.Round(number * 2 * scale);
        bool isHalfOrWhole = Math.FusedMultiplyAdd(number, 2 * scale, -halves) == 0;
        return precision <= 0 || isHalfOrWhole
            ? Math.Round(number * scale, MidpointRounding.ToEven) / scale
            : double.Parse(number.ToString("F" + precision, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static object ToJson(TemplateRun run, object value, BoundArguments arguments)
    {
        TemplateString? indent = arguments[1] switch
        {
            null or None => null,
            TemplateString text => text,
            _ => new BoundedText(run).Append(Padding.Space, arguments.Integer(1, 0)).ToText(),
        };
        (TemplateString item, TemplateString key) = Separators(run, arguments[2], indent is not null);
        var json = new JsonText(run)
        {
            AsciiOnly = arguments.Flag(0),
            Indent = indent,
            ItemSeparator = item,
            KeySeparator = key,
            SortKeys = arguments.Flag(3),
        };
        return json.Write(value);
    }

    private static (TemplateString Item, TemplateString Key) Separators(TemplateRun run, object? separators, bool isIndented)
    {
        if (separators is null or None)
            return (TemplateString.Own(isIndented ? "," : ", "), TemplateString.Own(": "));
        if (separators is TemplateList { Items: [TemplateString item, TemplateString key] })
            return (item, key);
        throw run.Fail("argument 'separators' of 'tojson' expects two strings, such as (',', ':')");
    }

    private static object FromJson(TemplateRun run, object value, BoundArguments arguments)
    {
        string text = (value as TemplateString)?.Text ?? throw run.Fail($"'from_json' expects a string, got {ValueTypes.Describe(value)}");
        run.Charge(text.Length);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return JsonValues.From(run, document.RootElement);
        }
        catch (JsonException error)
        {
            throw run.Fail($"'from_json' expects JSON: {error.Message}");
        }
    }
}
