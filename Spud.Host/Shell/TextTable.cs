namespace Spud.Host;

/// <summary>Lines in columns, as wide as their widest cell. Cells that are too long are cut.</summary>
/// <param name="alignments">One a column: '&lt;' to the left, '&gt;' to the right.</param>
internal sealed class TextTable(string alignments)
{
    private const string Gap = "  ";
    private const int MaxCell = 100;
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a line.</summary>
    /// <param name="cells">At most one a column.</param>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(cell => SafeText.Line(cell, MaxCell))]);

    /// <summary>Writes all lines.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="indent">Before each line.</param>
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
