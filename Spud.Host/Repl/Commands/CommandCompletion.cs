namespace Spud.Host.Repl.Commands;

/// <summary>Completes the line being typed. Calls only the completion functions of commands, because the session may change at the same time.</summary>
internal static class CommandCompletion
{
    /// <summary>Complete lines that begin with the typed text, ignoring case; none for a message.</summary>
    /// <param name="session">Completes arguments.</param>
    /// <param name="line">The text before the cursor.</param>
    public static IReadOnlyList<string> Of(Session session, string line)
    {
        if (!line.StartsWith('/') || line.StartsWith("//", StringComparison.Ordinal))
            return [];

        int blank = line.IndexOf(' ');
        if (blank < 0)
            return [.. CommandList.Names.Select(name => $"/{name}").Where(name => Begins(name, line))];

        string typed = line[(blank + 1)..].TrimStart();
        string before = line[..^typed.Length];
        return CommandList.Find(line[1..blank]) is { } command
            ? [.. command.Complete(session, typed).Where(arguments => Begins(arguments, typed)).Select(arguments => before + arguments)]
            : [];
    }

    private static bool Begins(string whole, string typed) => whole.StartsWith(typed, StringComparison.OrdinalIgnoreCase);
}
