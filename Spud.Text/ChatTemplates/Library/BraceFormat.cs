using System.Globalization;

namespace Spud.Text.ChatTemplates;

/// <summary>Python's <c>'{} and {name:>5}'.format(…)</c>. A field is a position or a name, without attributes or items of it.</summary>
internal static class BraceFormat
{
    public static TemplateString Apply(TemplateRun run, TemplateString format, CallArguments arguments)
    {
        var text = new BoundedText(run);
        int automatic = 0;
        for (int i = 0; i < format.Length; i++)
        {
            char c = format.Text[i];
            if (c is '{' or '}' && i + 1 < format.Length && format.Text[i + 1] == c)
            {
                text.Append(format.Slice(i, 1));
                i++;
            }
            else if (c == '{')
            {
                int close = format.Text.IndexOf('}', i);
                if (close < 0)
                    throw run.Fail("a '{' in the format is never closed");
                AppendField(run, text, format.Text[(i + 1)..close], arguments, ref automatic);
                i = close;
            }
            else
            {
                text.Append(c == '}' ? throw run.Fail("a single '}' in the format; write '}}' for the character") : format.Slice(i, 1));
            }
        }

        return text.ToText();
    }

    private static void AppendField(TemplateRun run, BoundedText text, string field, CallArguments arguments, ref int automatic)
    {
        int colon = field.IndexOf(':');
        string name = colon < 0 ? field : field[..colon];
        string form = colon < 0 ? "" : field[(colon + 1)..];
        bool quoted = name.EndsWith("!r", StringComparison.Ordinal);
        if (quoted || name.EndsWith("!s", StringComparison.Ordinal))
            name = name[..^2];
        object value = Find(run, name, arguments, ref automatic);
        text.Append(Format(run, quoted ? ValueText.Quoted(run, value) : value, form));
    }

    private static object Find(TemplateRun run, string name, CallArguments arguments, ref int automatic)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
        {
            int index = name.Length == 0 ? automatic++ : int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : int.MaxValue;
            return index < arguments.Positional.Count ? arguments.Positional[index] : throw run.Fail($"the format has no value for its field '{{{name}}}': got {arguments.Positional.Count} values");
        }

        return arguments.FindNamed(name) ?? throw run.Fail($"the format has no value for its field '{{{name}}}'");
    }

    /// <summary>The format of one field: <c>[[fill]align][+][0][width][,][.precision][type]</c>.</summary>
    private static TemplateString Format(TemplateRun run, object value, string form)
    {
        int at = 0;
        TemplateString fill = Padding.Space;
        char align = ValueTypes.TryGetFloat(value, out _) && value is not bool ? '>' : '<';
        if (form.Length > 1 && form[1] is '<' or '>' or '^')
            (fill, align, at) = (TemplateString.Foreign(form[..1]), form[1], 2);
        else if (form.Length > 0 && form[0] is '<' or '>' or '^')
            (align, at) = (form[0], 1);
        bool plus = at < form.Length && form[at] == '+';
        at += plus ? 1 : 0;
        bool zeros = at < form.Length && form[at] == '0';
        at = FormatNumbers.Read(run, form, at, out int width);
        bool grouped = at < form.Length && form[at] == ',';
        at += grouped ? 1 : 0;
        int precision = -1;
        if (at < form.Length && form[at] == '.')
            at = FormatNumbers.Read(run, form, at + 1, out precision);
        if (form.Length - at > 1)
            throw run.Fail($"the format of a field expects one letter for its type, got '{form[at..]}'");
        TemplateString text = Convert(run, value, at < form.Length ? form[at] : ' ', precision);
        if (grouped || (plus && !text.Text.StartsWith('-')))
            text = TemplateString.Derived((plus && !text.Text.StartsWith('-') ? "+" : "") + (grouped ? Group(text.Text) : text.Text), text);
        return zeros ? Padding.Zeros(run, text, width) : align switch
        {
            '<' => Padding.Right(run, text, width, fill),
            '>' => Padding.Left(run, text, width, fill),
            _ => Padding.Right(run, Padding.Left(run, text, (width + Characters.Count(text.Text)) / 2, fill), width, fill),
        };
    }

    private static TemplateString Convert(TemplateRun run, object value, char type, int precision)
    {
        if (type is ' ' or 's' && (precision < 0 || value is TemplateString))
        {
            TemplateString text = ValueText.Of(run, value);
            return precision >= 0 && precision < text.Length ? text[..precision] : text;
        }

        return TemplateString.Own(ConvertNumber(run, value, type, precision));
    }

    private static string ConvertNumber(TemplateRun run, object value, char type, int precision)
    {
        if (type is 'd' or 'x' or 'X' or 'o' && ValueTypes.TryGetInteger(value, out long whole))
            return type == 'd' ? whole.ToString(CultureInfo.InvariantCulture) : FormatNumbers.InBase(whole, type);
        if (type is ' ' or 'f' or 'F' or 'e' or 'E' or 'g' or 'G' && ValueTypes.TryGetFloat(value, out double number))
            return FormatNumbers.Float(number, type == ' ' ? 'g' : type, precision);
        if (type == '%' && ValueTypes.TryGetFloat(value, out double ratio))
            return FormatNumbers.Float(ratio * 100, 'f', precision) + "%";
        throw run.Fail($"the format's type '{type}' does not take {ValueTypes.Describe(value)}");
    }

    private static string Group(string text)
    {
        int end = text.IndexOf('.') is var dot and >= 0 ? dot : text.Length;
        for (int i = end - 3; i > (text.StartsWith('-') ? 1 : 0); i -= 3)
            text = text.Insert(i, ",");
        return text;
    }
}
