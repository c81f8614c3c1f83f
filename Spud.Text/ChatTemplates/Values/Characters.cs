using System.Text;

namespace Spud.Text.ChatTemplates;

/// <summary>Strings as counted by Python: by code point, not by UTF-16 unit.</summary>
internal static class Characters
{
    /// <summary>Python's white space; .NET does not include the four information separators.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    public static int Count(string text)
    {
        int count = text.Length;
        for (int i = 0; i + 1 < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i], text[i + 1]))
                count--;
        }

        return count;
    }

    public static List<object> Split(TemplateString text)
    {
        var characters = new List<object>(text.Length);
        for (int i = 0; i < text.Length;)
        {
            int length = i + 1 < text.Length && char.IsSurrogatePair(text.Text[i], text.Text[i + 1]) ? 2 : 1;
            characters.Add(text.Slice(i, length));
            i += length;
        }

        return characters;
    }

    /// <summary>The inverse of <see cref="Split"/>.</summary>
    public static TemplateString Join(TemplateRun run, List<object> characters)
    {
        var text = new BoundedText(run);
        foreach (object character in characters)
            text.Append((TemplateString)character);
        return text.ToText();
    }

    public static TemplateString Strip(TemplateString text, string? characters, bool left, bool right)
    {
        int start = 0;
        int end = text.Length;
        while (left && start < end && IsStripped(text.Text[start], characters))
            start++;
        while (right && end > start && IsStripped(text.Text[end - 1], characters))
            end--;
        return text[start..end];
    }

    private static bool IsStripped(char c, string? characters) => characters is null ? IsSpace(c) : characters.Contains(c);

    public static string Capitalize(string text)
    {
        if (text.Length == 0)
            return text;
        int first = char.IsHighSurrogate(text[0]) && text.Length > 1 ? 2 : 1;
        return (first == 1 ? Casing.ToTitle(text[0]) : text[..first].ToUpperInvariant()) + text[first..].ToLowerInvariant();
    }

    /// <summary>Python's <c>str.title</c>: a letter is upper case if no letter precedes it.</summary>
    public static string Title(string text) => TitleAfter(text, static c => !char.IsLetter(c), Casing.ToTitle);

    /// <summary>Jinja's <c>title</c> filter: words start after space, hyphen or an opening bracket.</summary>
    public static string TitleWords(string text) => TitleAfter(text, static c => IsSpace(c) || c is '-' or '(' or '{' or '[' or '<', Casing.ToUpper);

    private static string TitleAfter(string text, Func<char, bool> startsWord, Func<char, string> toCapital)
    {
        var title = new StringBuilder(text.Length);
        bool atStart = true;
        foreach (char c in text)
        {
            if (atStart)
                title.Append(toCapital(c));
            else
                title.Append(char.ToLowerInvariant(c));
            atStart = startsWord(c);
        }

        return title.ToString();
    }

    /// <summary>The lines without their line ends; a text that ends with a newline has no empty line after it.</summary>
    public static List<TemplateString> SplitLines(TemplateString text)
    {
        var lines = new List<TemplateString>();
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text.Text[i] is not ('\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029'))
                continue;
            lines.Add(text[start..i]);
            if (text.Text[i] == '\r' && i + 1 < text.Length && text.Text[i + 1] == '\n')
                i++;
            start = i + 1;
        }

        if (start < text.Length)
            lines.Add(text[start..]);
        return lines;
    }

    /// <summary>Whether the text has cased letters and all of them have the same case.</summary>
    public static bool HasCase(string text, bool upper) =>
        text.Any(c => char.IsUpper(c) || char.IsLower(c)) && !text.Any(upper ? char.IsLower : char.IsUpper);
}
