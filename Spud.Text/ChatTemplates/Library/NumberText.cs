using System.Globalization;

namespace Spud.Text.ChatTemplates;

/// <summary>Parses integers like Python's <c>int()</c>: surrounding white space, a sign, underscores between digits, a prefix for the base.</summary>
internal static class NumberText
{
    public static bool TryParseInteger(string text, long radix, out long number)
    {
        string digits = Characters.Strip(TemplateString.Own(text), null, left: true, right: true).Text;
        bool isNegative = digits.StartsWith('-');
        if (digits.Length > 0 && digits[0] is '-' or '+')
            digits = digits[1..];
        digits = WithoutPrefix(digits, radix).Replace("_", "");
        number = 0;
        if (digits.Length == 0 || radix is < 2 or > 36)
            return false;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : int.MaxValue;
            if (digit >= radix || number > (long.MaxValue - digit) / radix)
                return false;
            number = number * radix + digit;
        }

        number = isNegative ? -number : number;
        return true;
    }

    private static string WithoutPrefix(string digits, long radix)
    {
        string prefix = radix switch { 2 => "0b", 8 => "0o", 16 => "0x", _ => "" };
        return prefix.Length > 0 && digits.StartsWith(prefix, true, CultureInfo.InvariantCulture) ? digits[2..] : digits;
    }
}
