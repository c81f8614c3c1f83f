using System.Globalization;

namespace Spud.Text.ChatTemplates;

/// <summary>Floats as printed by Python's <c>repr</c>: the shortest digits that parse back to the same value, with '.0' or an exponent.</summary>
internal static class FloatText
{
    public static string Of(double value)
    {
        if (double.IsNaN(value))
            return "nan";
        string sign = double.IsNegative(value) ? "-" : "";
        if (double.IsInfinity(value))
            return sign + "inf";
        (string digits, int point) = Digits(Math.Abs(value));
        return sign + (point is > -4 and <= 16 ? Fixed(digits, point) : Scientific(digits, point - 1));
    }

    /// <summary>The significant digits and how many of them are before the decimal point.</summary>
    private static (string Digits, int Point) Digits(double size)
    {
        string text = size.ToString("R", CultureInfo.InvariantCulture);
        int mark = text.IndexOf('E');
        int exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = mark < 0 ? text : text[..mark];
        int dot = mantissa.IndexOf('.');
        string all = mantissa.Replace(".", "");
        string digits = all.TrimStart('0');
        int point = (dot < 0 ? mantissa.Length : dot) + exponent - (all.Length - digits.Length);
        return digits.Length == 0 ? ("0", 1) : (digits.TrimEnd('0'), point);
    }

    private static string Fixed(string digits, int point)
    {
        if (point <= 0)
            return "0." + new string('0', -point) + digits;
        return point >= digits.Length ? digits.PadRight(point, '0') + ".0" : digits[..point] + "." + digits[point..];
    }

    private static string Scientific(string digits, int exponent)
    {
        string fraction = digits.Length > 1 ? "." + digits[1..] : "";
        return $"{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }
}
