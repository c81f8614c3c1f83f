namespace Spud.Host.Repl.Screen;

/// <summary>Draws entries of the transcript: a sign at the left marks the speaker, with or without colours.</summary>
internal static class EntryText
{
    private static readonly Run s_indent = new("  ");

    /// <summary>All paragraphs of an entry, with an empty one before it.</summary>
    public static List<Paragraph> Paragraphs(Entry entry)
    {
        List<Paragraph> body = [Paragraph.Empty, .. Header(entry)];
        if (entry is { Kind: EntryKind.Answer, IsFinished: true })
            body.AddRange(MarkdownText.Paragraphs(entry.Text).Select(paragraph => Body(entry, paragraph)));
        else
            body.AddRange(Plain(entry));
        if (entry.Footer is { } footer)
            body.Add(Body(entry, Paragraph.Of(footer, Ink.Dim)));

        return body;
    }

    /// <summary>The heading above the text.</summary>
    public static Paragraph[] Header(Entry entry) => entry.Title is { } title ? [Body(entry, Paragraph.Of(title, Ink.Accent))] : [];

    /// <summary>A paragraph of an entry, with its prefix.</summary>
    public static Paragraph Body(Entry entry, Paragraph paragraph) => entry.Kind == EntryKind.Reasoning
        ? paragraph.Indented(new("  ┊ ", Ink.Dim), new("  ┊ ", Ink.Dim))
        : paragraph.Indented(s_indent, s_indent);

    public static Ink InkOf(EntryKind kind) => kind switch
    {
        EntryKind.Question => Ink.Strong,
        EntryKind.Reasoning => Ink.Dim,
        EntryKind.Error => Ink.Error,
        EntryKind.Warning => Ink.Warning,
        _ => Ink.Normal,
    };

    private static IEnumerable<Paragraph> Plain(Entry entry)
    {
        Run sign = entry.Kind switch
        {
            EntryKind.Question => new("❯ ", Ink.Accent),
            EntryKind.Error => new("✗ ", Ink.Error),
            EntryKind.Warning => new("! ", Ink.Warning),
            EntryKind.Information => new("· ", Ink.Dim),
            _ => s_indent,
        };
        bool isFirst = true;
        foreach (string line in entry.Text.TrimEnd('\n').Split('\n'))
        {
            Paragraph paragraph = new([new(line, InkOf(entry.Kind))]) { IsTable = entry.Kind == EntryKind.Information && IsTable(line) };
            yield return entry.Kind == EntryKind.Reasoning ? Body(entry, paragraph) : paragraph.Indented(isFirst ? sign : s_indent, s_indent);
            isFirst = false;
        }
    }

    // Columns are separated by several spaces.
    private static bool IsTable(string line) => line.Contains("  ", StringComparison.Ordinal);
}
