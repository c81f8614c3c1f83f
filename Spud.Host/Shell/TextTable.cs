namespace Spud.Host;

/// <summary>Lines in columns, each as wide as its widest cell. Cells that are too long are cut.</summary>
/// <param name="alignments">One per column: '&lt;' for left, '&gt;' for right.</param>
internal sealed class TextTable(string alignments)
{
    private const string Gap = "  ";
    private const int MaxCell = 100;
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a line.</summary>
    /// <param name="cells">At most one per column.</param>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(cell => SafeText.Line(cell, MaxCell))]);

    /// <summary>Writes all lines.</summary>
    /// <param name="to">The writer.</param>
    /// <param name="indent">Indent of each line.</param>
    public void Write(TextWriter to, string indent = "  ")
    {
        int[] widths = [.. alignments.Select((_, column) => _rows.Max(row => column < row.Length ? row[column].Length : 0))];
        foreach (string[] row in _rows)
        {
            IEnumerable<string> cells = row.Select((cell, column) => alignments[column] == '>' ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            to.WriteLine($"{indent}{string.Join(Gap, cells)}".TrimEnd());
        }
    }
}
