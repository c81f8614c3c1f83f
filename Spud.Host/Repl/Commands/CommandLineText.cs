namespace Spud.Host.Repl.Commands;

/// <summary>A command as it was typed.</summary>
/// <param name="Name">Without the slash.</param>
/// <param name="Arguments">The rest, without surrounding whitespace.</param>
internal sealed record CommandLineText(string Name, string Arguments)
{
    /// <summary>
    /// Parses a command; null if the text is a message. The words exit and quit alone are commands; a path such as /usr/bin, or a text that
    /// starts with two slashes, is not.
    /// </summary>
    public static CommandLineText? Parse(string text)
    {
        text = text.Trim();
        if (text is "exit" or "quit")
            return new(text, "");
        if (!text.StartsWith('/'))
            return null;

        int end = text.AsSpan().IndexOfAny(" \t\r\n");
        string name = end < 0 ? text[1..] : text[1..end];
        bool isName = name.Length > 0 && name.All(static c => char.IsAsciiLetter(c) || c is '-' or '?');
        return isName ? new(name, end < 0 ? "" : text[end..].Trim()) : null;
    }

    /// <summary>The text as a message: two leading slashes become one.</summary>
    public static string Message(string text)
    {
        text = text.Trim();
        return text.StartsWith("//", StringComparison.Ordinal) ? text[1..] : text;
    }

    /// <summary>The arguments as words; quotes protect spaces.</summary>
    /// <exception cref="BadInputException">A quote is not closed.</exception>
    public static IReadOnlyList<string> Words(string arguments)
    {
        List<string> words = [];
        System.Text.StringBuilder word = new();
        bool quoted = false, begun = false;
        foreach (char c in arguments)
        {
            if (c == '"')
                (quoted, begun) = (!quoted, true);
            else if (char.IsWhiteSpace(c) && !quoted)
                End();
            else
                word.Append(c);
        }

        if (quoted)
            throw new BadInputException($"a quote is not closed in: {arguments}");

        End();
        return words;

        void End()
        {
            if (word.Length > 0 || begun)
                words.Add(word.ToString());

            word.Clear();
            begun = false;
        }
    }
}
