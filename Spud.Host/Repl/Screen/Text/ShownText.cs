namespace Spud.Host.Repl.Screen;

/// <summary>Makes untrusted text safe to draw: no control characters, no direction overrides, tabs as spaces.</summary>
internal static class ShownText
{
    private const int TabColumns = 4;

    /// <summary>Paragraphs of a text, one for each of its lines.</summary>
    public static string[] Lines(string text) => Safe(text).Split('\n');

    /// <summary>A text on one row.</summary>
    public static string OneLine(string text) => Safe(text).Replace('\n', ' ');

    /// <summary>The text with line breaks as its only control characters.</summary>
    public static string Safe(string text)
    {
        StringWriter safe = new();
        SafeText.Write(safe, text.ReplaceLineEndings("\n"));
        return safe.ToString().Replace("\t", new string(' ', TabColumns));
    }
}
