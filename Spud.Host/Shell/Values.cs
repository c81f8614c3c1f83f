using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Spud.Host;

/// <summary>Options whose values have a range, with messages that state it.</summary>
internal static class Values
{
    /// <summary>Maximum for a number of tokens; the sum of two of them does not overflow.</summary>
    public const int MaxTokens = 1 << 28;

    /// <summary>An integer; null if it is not given.</summary>
    public static Option<int?> Integer(string name, int least, int most, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => int.TryParse(Text(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : Refuse<int?>(result, name, most == int.MaxValue ? $"a whole number, {least} or more" : $"a whole number from {least} to {most}"),
    };

    /// <summary>A number; null if it is not given.</summary>
    public static Option<float?> Number(string name, float least, float most, string description) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result => float.TryParse(Text(result), NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value >= least && value <= most
            ? value
            : Refuse<float?>(result, name, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}")),
    };

    /// <summary>A seed; null if it is not given.</summary>
    public static Option<ulong?> Seed(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => ulong.TryParse(Text(result), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : Refuse<ulong?>(result, name, "a whole number, 0 or more"),
    };

    /// <summary>The name of one of several values, case-insensitive.</summary>
    public static T OneOf<T>(ArgumentResult result, string name, IEnumerable<T> known)
        where T : struct, Enum
    {
        foreach (T value in known)
        {
            if (string.Equals(value.ToString(), Text(result), StringComparison.OrdinalIgnoreCase))
                return value;
        }

        return Refuse<T>(result, name, $"one of {string.Join(", ", known)}");
    }

    private static string Text(ArgumentResult result) => result.Tokens[0].Value;

    private static T? Refuse<T>(ArgumentResult result, string name, string expected)
    {
        result.AddError($"{name}: expected {expected}, got '{Text(result)}'.");
        return default;
    }
}
