using System.Globalization;

namespace Spud.Text.ChatTemplates;

/// <summary>Formats numbers for format fields.</summary>
internal static class FormatNumbers
{
    /// <summary>Maximum width and precision; larger values are not sensible.</summary>
    private const int Largest = 10_000;

    private const int MaxDigits = 100;

    /// <summary>Reads an unsigned number, 0 if there is none, and returns the position after it.</summary>
    public static int Read(TemplateRun run, string format, int at, out int number)
    {
        number = 0;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
        {
            number = number * 10 + (format[at++] - '0');
            if (number > Largest)
                throw run.Fail($"a format field is wider than {Largest}");
        }

        return at;
    }

    public static string InBase(long value, char type)
    {
        ulong size = value < 0 ? (ulong)-(value + 1) + 1 : (ulong)value;
        string digits = type == 'o' ? Convert.ToString((long)size, 8) : size.ToString(type == 'x' ? "x" : "X", CultureInfo.InvariantCulture);
        return value < 0 ? "-" + digits : digits;
    }

    /// <summary>A float in fixed, exponent or general form; 6 digits if <paramref name="precision"/> is negative, as in C.</summary>
    public static string Float(double value, char type, int precision)
    {
        if (!double.IsFinite(value))
            return FloatText.Of(value);
        int digits = Math.Min(precision < 0 ? 6 : precision, MaxDigits);
        return char.ToLowerInvariant(type) switch
        {
            'f' => value.ToString("F" + digits, CultureInfo.InvariantCulture),
            'e' => Exponent(value, type, digits),
            _ => General(value, type, Math.Max(digits, 1)),
        };
    }

    private static string Exponent(double value, char type, int digits)
    {
        string text = value.ToString("E" + digits, CultureInfo.InvariantCulture);
        int mark = text.IndexOf('E');
        string exponent = text[(mark + 2)..].TrimStart('0').PadLeft(2, '0');
        return $"{text[..mark]}{type}{text[mark + 1]}{exponent}";
    }

    private static string General(double value, char type, int digits)
    {
        string scientific = Exponent(value, type == 'G' ? 'E' : 'e', digits - 1);
        int mark = scientific.LastIndexOfAny(['e', 'E']);
        int exponent = int.Parse(scientific.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent < -4 || exponent >= digits)
            return WithoutZeros(scientific[..mark]) + scientific[mark..];
        return WithoutZeros(value.ToString("F" + Math.Max(0, digits - 1 - exponent), CultureInfo.InvariantCulture));
    }

    private static string WithoutZeros(string text) => text.Contains('.') ? text.TrimEnd('0').TrimEnd('.') : text;
}
