namespace Spud.Host.Repl.Screen;

/// <summary>When a message is complete: not while its last line ends with a backslash, or a block between """ is open.</summary>
internal static class InputBlock
{
    private const string Quotes = "\"\"\"";

    /// <summary>Whether Enter goes on on a new line.</summary>
    public static bool IsOpen(string text) => IsContinued(text) || Opens(text);

    /// <summary>Whether the last line says that another one follows.</summary>
    public static bool IsContinued(string text) => text.EndsWith('\\') && !Opens(text);

    /// <summary>What is sent: without the marks of a block.</summary>
    public static string Message(string text)
    {
        string trimmed = text.Trim();
        bool isBlock = trimmed.Length >= 2 * Quotes.Length && trimmed.StartsWith(Quotes, StringComparison.Ordinal) && trimmed.EndsWith(Quotes, StringComparison.Ordinal);
        return isBlock ? trimmed[Quotes.Length..^Quotes.Length].Trim('\n') : trimmed;
    }

    // A block begins the message, as elsewhere: quotes within a text are text.
    private static bool Opens(string text)
    {
        string trimmed = text.TrimStart();
        return trimmed.StartsWith(Quotes, StringComparison.Ordinal) && trimmed.IndexOf(Quotes, Quotes.Length, StringComparison.Ordinal) < 0;
    }
}
