namespace Spud.Host.Repl.Screen;

/// <summary>Text between two line breaks.</summary>
/// <param name="Runs">The text.</param>
/// <param name="First">Prefix of its first row, such as a bullet.</param>
/// <param name="Rest">Prefix of the other rows.</param>
/// <param name="IsVerbatim">Whether spaces matter (code): rows break at the edge, not between words.</param>
internal sealed record Paragraph(IReadOnlyList<Run> Runs, Run First = default, Run Rest = default, bool IsVerbatim = false)
{
    private const string Gap = "  ";
    private const int LeastIndent = 4;
    private const int ReadableColumns = 30;

    /// <summary>Whether it is a row of a table: what does not fit goes on below its last column.</summary>
    public bool IsTable { get; init; }

    public static Paragraph Empty { get; } = new([]);

    public static Paragraph Of(string text, Ink ink = Ink.Normal) => new([new(text, ink)]);

    /// <summary>Adds a prefix.</summary>
    public Paragraph Indented(Run first, Run rest) => this with { First = Joined(first, First), Rest = Joined(rest, Rest) };

    /// <summary>Columns by which a table's further rows are indented: to its last column, if that leaves enough for their text.</summary>
    public int HangingColumns(int columns)
    {
        if (!IsTable)
            return 0;

        string text = string.Concat(Runs.Select(run => run.Text)).TrimEnd();
        int gap = text.LastIndexOf(Gap, StringComparison.Ordinal);
        if (gap < 0)
            return 0;

        int last = Graphemes.Columns(text.AsSpan(0, gap + Gap.Length));
        return last <= columns / 2 || columns - last >= ReadableColumns ? last : Math.Min(LeastIndent, columns / 4);
    }

    // An inner prefix keeps its style: a bullet stays a bullet.
    private static Run Joined(Run outer, Run inner) => new(outer.Text + inner.Text, inner.Text is { Length: > 0 } && outer.Text.AsSpan().IsWhiteSpace() ? inner.Ink : outer.Ink);
}
