namespace Spud.Host.Repl.Screen;

/// <summary>When a message is complete: not while its last line ends with a backslash, or a block between """ is open.</summary>
internal static class InputBlock
{
    private const string Quotes = "\"\"\"";

    /// <summary>Whether Enter begins a new line.</summary>
    public static bool IsOpen(string text) => IsContinued(text) || Opens(text);

    /// <summary>Whether the last line ends with a backslash.</summary>
    public static bool IsContinued(string text) => text.EndsWith('\\') && !Opens(text);

    /// <summary>The message to send, without block markers.</summary>
    public static string Message(string text)
    {
        string trimmed = text.Trim();
        bool isBlock = trimmed.Length >= 2 * Quotes.Length && trimmed.StartsWith(Quotes, StringComparison.Ordinal) && trimmed.EndsWith(Quotes, StringComparison.Ordinal);
        return isBlock ? trimmed[Quotes.Length..^Quotes.Length].Trim('\n') : trimmed;
    }

    // Only quotes at the start of the message open a block.
    private static bool Opens(string text)
    {
        string trimmed = text.TrimStart();
        return trimmed.StartsWith(Quotes, StringComparison.Ordinal) && trimmed.IndexOf(Quotes, Quotes.Length, StringComparison.Ordinal) < 0;
    }
}
