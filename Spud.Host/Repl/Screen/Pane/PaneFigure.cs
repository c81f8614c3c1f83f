using Terminal.Gui.ViewBase;

namespace Spud.Host.Repl.Screen;

/// <summary>A view of the library on a page of rows. The covered rows are distinct lines, so that each is redrawn when uncovered.</summary>
/// <param name="View">Moves with the rows when they are scrolled.</param>
/// <param name="Row">The first row that it covers.</param>
/// <param name="Rows">How many it covers.</param>
internal sealed record PaneFigure(View View, int Row, int Rows)
{
    /// <summary>Adds the rows that a view covers.</summary>
    public static PaneFigure Add(View view, int rows, List<Line> to)
    {
        int first = to.Count;
        for (int row = 0; row < rows; row++)
            to.Add(new([]));

        return new(view, first, rows);
    }
}
