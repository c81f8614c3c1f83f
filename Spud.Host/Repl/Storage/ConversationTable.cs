namespace Spud.Host.Repl.Storage;

/// <summary>Saved conversations as a table.</summary>
internal static class ConversationTable
{
    private const int Width = 50;

    /// <summary>One line per conversation.</summary>
    public static string Of(IReadOnlyList<ConversationEntry> entries)
    {
        if (entries.Count == 0)
            return "no conversations.\n";

        StringWriter text = new();
        TextTable table = new(">>><<");
        table.Add("number", "turns", "changed", "name", "first question");
        foreach (ConversationEntry entry in entries)
            table.Add($"{entry.Id}", $"{entry.Turns}", $"{entry.Changed.ToLocalTime():yyyy-MM-dd HH:mm}", entry.Name ?? "", SafeText.Line(entry.FirstQuestion, Width));

        table.Write(text);
        return $"{text}";
    }
}
