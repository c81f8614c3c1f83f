using System.Globalization;

namespace Spud.Text.ChatTemplates;

/// <summary>Formats dates in English like C's <c>strftime</c>.</summary>
internal static class TimeText
{
    public static TemplateString Format(TemplateRun run, TemplateString format, DateTimeOffset time) => TemplateString.Derived(Format(run, format.Text, time), format);

    private static string Format(TemplateRun run, string format, DateTimeOffset time)
    {
        var text = new BoundedText(run);
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            bool unpadded = format[++i] == '-' && i + 1 < format.Length;
            string part = Directive(run, unpadded ? format[++i] : format[i], time);
            text.Append(unpadded && part.Length > 1 ? part.TrimStart('0').PadLeft(1, '0') : part);
        }

        return text.ToText().Text;
    }

    private static string Directive(TemplateRun run, char directive, DateTimeOffset time)
    {
        string? pattern = directive switch
        {
            'Y' => "yyyy",
            'y' => "yy",
            'm' => "MM",
            'd' => "dd",
            'B' => "MMMM",
            'b' or 'h' => "MMM",
            'A' => "dddd",
            'a' => "ddd",
            'H' => "HH",
            'I' => "hh",
            'M' => "mm",
            'S' => "ss",
            'f' => "ffffff",
            'p' => "tt",
            'F' => "yyyy-MM-dd",
            'T' or 'X' => "HH:mm:ss",
            'R' => "HH:mm",
            'D' or 'x' => "MM/dd/yy",
            _ => null,
        };
        return pattern is null ? Special(run, directive, time) : time.ToString(pattern, CultureInfo.InvariantCulture);
    }

    private static string Special(TemplateRun run, char directive, DateTimeOffset time) => directive switch
    {
        '%' => "%",
        'n' => "\n",
        't' => "\t",
        'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'u' => (((int)time.DayOfWeek + 6) % 7 + 1).ToString(CultureInfo.InvariantCulture),
        'c' => $"{Directive(run, 'a', time)} {Directive(run, 'b', time)} {Directive(run, 'e', time)} {Directive(run, 'T', time)} {Directive(run, 'Y', time)}",
        's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'z' or 'Z' => "",
        _ => throw run.Fail($"'strftime_now' does not know '%{directive}'"),
    };
}
