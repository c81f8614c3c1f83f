namespace Spud.Host.Repl.Screen;

/// <summary>Wraps paragraphs into rows.</summary>
internal static class Wrapping
{
    /// <summary>Adds the rows of a paragraph, at least one, to a list.</summary>
    public static void Wrap(Paragraph paragraph, int columns, List<Line> to)
    {
        string text = paragraph.Runs.Count == 1 ? paragraph.Runs[0].Text : string.Concat(paragraph.Runs.Select(run => run.Text));
        Run rest = paragraph.HangingColumns(columns) is > 0 and { } hang ? paragraph.Rest with { Text = paragraph.Rest.Text + new string(' ', hang) } : paragraph.Rest;
        int begin = 0;
        do
        {
            Run prefix = begin == 0 ? paragraph.First : rest;
            int room = Math.Max(2, columns - Graphemes.Columns(prefix.Text));
            (int end, int next) = Row(text, begin, room, paragraph.IsVerbatim);
            to.Add(new(Cut(paragraph.Runs, prefix, begin, end)));
            begin = next;
        }
        while (begin < text.Length);
    }

    /// <summary>The rows of several paragraphs.</summary>
    public static List<Line> Wrap(IEnumerable<Paragraph> paragraphs, int columns)
    {
        List<Line> lines = [];
        foreach (Paragraph paragraph in paragraphs)
            Wrap(paragraph, columns, lines);

        return lines;
    }

    /// <summary>Where a row ends, and where the next one begins.</summary>
    public static (int End, int Next) Row(string text, int begin, int columns, bool verbatim = false)
    {
        int at = begin, used = 0, wordEnd = -1, wordNext = -1;
        while (at < text.Length)
        {
            int length = Graphemes.Next(text.AsSpan(at)), width = Graphemes.Width(text.AsSpan(at, length));
            bool isBlank = text[at] == ' ';
            if (used + width > columns)
            {
                // Spaces at the edge are dropped.
                if (isBlank && !verbatim)
                    return (at, AfterBlanks(text, at));

                return wordEnd > begin && !verbatim ? (wordEnd, wordNext) : at > begin ? (at, at) : (at + length, at + length);
            }

            at += length;
            used += width;
            if (isBlank)
                (wordEnd, wordNext) = wordNext == at - length ? (wordEnd, at) : (at - length, at);
            else if (width == 2)
                (wordEnd, wordNext) = (at, at); // between ideographs a row may end anywhere
        }

        return (at, at);
    }

    private static int AfterBlanks(string text, int at)
    {
        while (at < text.Length && text[at] == ' ')
            at++;

        return at;
    }

    private static List<Run> Cut(IReadOnlyList<Run> runs, Run prefix, int begin, int end)
    {
        List<Run> cut = [];
        if (prefix.Text is { Length: > 0 })
            cut.Add(prefix);

        int at = 0;
        foreach (Run run in runs)
        {
            int from = Math.Max(begin - at, 0), to = Math.Min(end - at, run.Text.Length);
            if (from < to)
                cut.Add(from == 0 && to == run.Text.Length ? run : run with { Text = run.Text[from..to] });

            at += run.Text.Length;
            if (at >= end)
                break;
        }

        return cut;
    }
}
