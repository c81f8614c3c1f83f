using System.Globalization;

namespace Spud.Text.ChatTemplates;

/// <summary>Python's <c>'%s and %05.2f' % (a, b)</c>, with <c>%(name)s</c> for a dictionary.</summary>
internal static class PercentFormat
{
    public static TemplateString Apply(TemplateRun run, TemplateString format, object values)
    {
        var arguments = new Arguments(run, values);
        var text = new BoundedText(run);
        for (int i = 0; i < format.Length;)
        {
            int field = format.Text.IndexOf('%', i);
            text.Append(format[i..(field < 0 ? format.Length : field)]);
            i = field < 0 ? format.Length : AppendField(run, text, format.Text, field + 1, arguments);
        }

        arguments.RequireAllUsed();
        return text.ToText();
    }

    private static int AppendField(TemplateRun run, BoundedText text, string format, int at, Arguments arguments)
    {
        string? name = null;
        if (at < format.Length && format[at] == '(')
        {
            int close = format.IndexOf(')', at);
            name = close < 0 ? throw run.Fail("a '%(' in the format is never closed") : format[(at + 1)..close];
            at = close + 1;
        }

        int flagsEnd = at;
        while (flagsEnd < format.Length && format[flagsEnd] is '-' or '+' or ' ' or '0' or '#')
            flagsEnd++;
        string flags = format[at..flagsEnd];
        at = FormatNumbers.Read(run, format, flagsEnd, out int width);
        int precision = -1;
        if (at < format.Length && format[at] == '.')
            at = FormatNumbers.Read(run, format, at + 1, out precision);
        if (at >= format.Length)
            throw run.Fail("the format ends inside of a '%' field");
        if (format[at] == '%')
            text.Append('%');
        else
            text.Append(Pad(run, Convert(run, format[at], precision, flags, arguments.Next(name)), width, flags, isNumber: format[at] is not ('s' or 'r' or 'c')));
        return at + 1;
    }

    private static TemplateString Convert(TemplateRun run, char type, int precision, string flags, object value)
    {
        if (type == 'c')
            return value as TemplateString ?? TemplateString.Foreign(char.ConvertFromUtf32((int)Math.Clamp(RequireInteger(run, type, value), 0, 0xD7FF)));
        if (type is not ('s' or 'r'))
            return TemplateString.Own(ConvertNumber(run, type, precision, flags, value));
        TemplateString text = type == 's' ? ValueText.Of(run, value) : ValueText.Quoted(run, value);
        return precision >= 0 && precision < text.Length ? text[..precision] : text;
    }

    private static string ConvertNumber(TemplateRun run, char type, int precision, string flags, object value)
    {
        string text = type switch
        {
            'd' or 'i' or 'u' => RequireInteger(run, type, value).ToString(CultureInfo.InvariantCulture),
            'x' or 'X' or 'o' => FormatNumbers.InBase(RequireInteger(run, type, value), type),
            'f' or 'F' or 'e' or 'E' or 'g' or 'G' => FormatNumbers.Float(RequireFloat(run, type, value), type, precision),
            _ => throw run.Fail($"the format has an unknown field '%{type}'"),
        };
        string sign = text.StartsWith('-') ? "" : flags.Contains('+') ? "+" : flags.Contains(' ') ? " " : "";
        return sign + text;
    }

    private static TemplateString Pad(TemplateRun run, TemplateString text, int width, string flags, bool isNumber)
    {
        if (flags.Contains('-'))
            return Padding.Right(run, text, width, Padding.Space);
        return flags.Contains('0') && isNumber ? Padding.Zeros(run, text, width) : Padding.Left(run, text, width, Padding.Space);
    }

    private static long RequireInteger(TemplateRun run, char type, object value)
    {
        if (ValueTypes.TryGetInteger(value, out long whole))
            return whole;
        return value is double number && Math.Abs(number) < 9.2e18 ? (long)number : throw run.Fail($"'%{type}' expects a number, got {ValueTypes.Describe(value)}");
    }

    private static double RequireFloat(TemplateRun run, char type, object value) =>
        ValueTypes.TryGetFloat(value, out double number) ? number : throw run.Fail($"'%{type}' expects a number, got {ValueTypes.Describe(value)}");

    /// <summary>The values to be formatted: a tuple's items in turn, a dictionary's by name, or a single value.</summary>
    private sealed class Arguments(TemplateRun run, object values)
    {
        private readonly IReadOnlyList<object> _items = values is TemplateList { IsTuple: true } tuple ? tuple.Items : [values];
        private int _used;

        public object Next(string? name)
        {
            if (name is not null)
                return values is TemplateMap map && map.TryGet(name, out object value) ? value : throw run.Fail($"the format asks for '{name}', which is not there");
            return _used < _items.Count ? _items[_used++] : throw run.Fail($"the format has more fields than values: got {_items.Count}");
        }

        public void RequireAllUsed()
        {
            if (values is not TemplateMap && _used < _items.Count)
                throw run.Fail($"the format has {_used} fields, got {_items.Count} values");
        }
    }
}
