namespace Spud.Text.Grammars.Schemas;

/// <summary>The formats of strings that are honoured, each as a pattern that matches only valid texts (not all of them).</summary>
internal static class StringFormats
{
    // Without the 29th of February, whose validity depends on the year.
    private const string Date = @"[1-9]\d{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))";
    private const string Time = @"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)";
    private const string Label = @"[A-Za-z0-9](?:[A-Za-z0-9-]{0,40}[A-Za-z0-9])?";
    private const string Host = Label + @"(?:\." + Label + "){0,4}";
    private const string UrlCharacters = @"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*";
    private const string Clock = @"T(?:\d{1,4}H(?:\d{1,2}M)?(?:\d{1,2}S)?|\d{1,4}M(?:\d{1,2}S)?|\d{1,5}S)";

    private static readonly Dictionary<string, string> s_patterns = new(StringComparer.Ordinal)
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = Date + "T" + Time,
        ["duration"] = "P(?:\\d{1,4}W|\\d{1,4}Y(?:\\d{1,2}M(?:\\d{1,2}D)?)?|\\d{1,4}M(?:\\d{1,2}D)?|\\d{1,4}D(?:" + Clock + ")?|" + Clock + ")",
        ["uuid"] = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        ["email"] = @"[A-Za-z0-9_]{1,30}(?:[.+-][A-Za-z0-9_]{1,30}){0,4}@" + Label + @"(?:\." + Label + @"){0,3}\.[A-Za-z]{2,12}",
        ["hostname"] = Host,
        ["ipv4"] = @"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)",
        ["ipv6"] = "(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}",
        ["uri"] = "[a-z][a-z0-9+.-]{1,14}://" + Host + @"(?::[1-9]\d{1,3})?(?:/" + UrlCharacters + @")?(?:\?" + UrlCharacters + ")?(?:#" + UrlCharacters + ")?",
    };

    /// <summary>The names, sorted.</summary>
    public static string Names { get; } = string.Join(", ", s_patterns.Keys.Order(StringComparer.Ordinal));

    /// <summary>The pattern of a format; null if it is unknown.</summary>
    public static string? PatternOf(string format) => s_patterns.TryGetValue(format, out string? pattern) ? $"^(?:{pattern})$" : null;
}
