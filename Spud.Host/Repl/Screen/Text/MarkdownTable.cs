using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace Spud.Host.Repl.Screen;

/// <summary>A Markdown table, aligned in columns.</summary>
internal static class MarkdownTable
{
    public static void Add(Table table, List<Paragraph> to)
    {
        string[][] rows = [.. table.OfType<TableRow>().Select(row => row.OfType<TableCell>().Select(Text).ToArray())];
        int columns = rows.Length == 0 ? 0 : rows.Max(row => row.Length);
        int[] widths = [.. Enumerable.Range(0, columns).Select(column => rows.Max(row => column < row.Length ? Graphemes.Columns(row[column]) : 0))];
        for (int i = 0; i < rows.Length; i++)
        {
            bool isHeader = ((TableRow)table[i]).IsHeader;
            string[] row = rows[i];
            string text = string.Join("  ", widths.Select((width, column) => Graphemes.Exactly(column < row.Length ? row[column] : "", width)));
            to.Add(new([new(text.TrimEnd(), isHeader ? Ink.Strong : Ink.Normal)], IsVerbatim: true));
            if (isHeader)
                to.Add(new([new(string.Join("  ", widths.Select(width => new string('─', width))), Ink.Dim)], IsVerbatim: true));
        }
    }

    private static string Text(TableCell cell) => string.Join(' ', cell.Descendants<ParagraphBlock>().Select(block => MarkdownInlines.Text(block.Inline)));
}
