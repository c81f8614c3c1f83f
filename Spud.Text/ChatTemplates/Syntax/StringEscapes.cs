using System.Globalization;
using System.Text;

namespace Spud.Text.ChatTemplates;

/// <summary>The backslash escapes of a string literal, as in Python; unknown ones are left as written.</summary>
internal static class StringEscapes
{
    public static string Resolve(ReadOnlySpan<char> body, Place at)
    {
        if (!body.Contains('\\'))
            return body.ToString();
        var text = new StringBuilder(body.Length);
        for (int i = 0; i < body.Length; i++)
        {
            if (body[i] == '\\')
                i += AppendEscape(text, body[(i + 1)..], at);
            else
                text.Append(body[i]);
        }

        return text.ToString();
    }

    /// <summary>Appends the escaped character and returns how many characters after the backslash belong to the escape.</summary>
    private static int AppendEscape(StringBuilder text, ReadOnlySpan<char> rest, Place at)
    {
        const string Letters = "ntrabfv\\'\"";
        const string Meanings = "\n\t\r\a\b\f\v\\'\"";
        int letter = Letters.IndexOf(rest[0]);
        if (letter >= 0)
        {
            text.Append(Meanings[letter]);
            return 1;
        }

        switch (rest[0])
        {
            case '\n':
                return 1;
            case 'x':
                return AppendHex(text, rest, 2, at);
            case 'u':
                return AppendHex(text, rest, 4, at);
            case 'U':
                return AppendHex(text, rest, 8, at);
            case >= '0' and <= '7':
                return AppendOctal(text, rest);
            default:
                text.Append('\\').Append(rest[0]);
                return 1;
        }
    }

    private static int AppendHex(StringBuilder text, ReadOnlySpan<char> rest, int digits, Place at)
    {
        if (rest.Length <= digits || !int.TryParse(rest.Slice(1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || code is < 0 or > 0x10FFFF)
            throw at.Fail($"the escape '\\{rest[0]}' in this string expects {digits} hexadecimal digits of a character");
        if (code is >= 0xD800 and <= 0xDFFF)
            text.Append((char)code);
        else
            text.Append(char.ConvertFromUtf32(code));
        return digits + 1;
    }

    private static int AppendOctal(StringBuilder text, ReadOnlySpan<char> rest)
    {
        int code = 0;
        int used = 0;
        while (used < 3 && used < rest.Length && rest[used] is >= '0' and <= '7')
            code = code * 8 + (rest[used++] - '0');
        text.Append((char)code);
        return used;
    }
}
