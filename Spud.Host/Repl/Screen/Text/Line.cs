namespace Spud.Host.Repl.Screen;

/// <summary>One row of text.</summary>
/// <param name="Runs">From left to right.</param>
internal sealed record Line(IReadOnlyList<Run> Runs)
{
    public static Line Empty { get; } = new([]);

    /// <summary>The text without styles.</summary>
    public string Text => string.Concat(Runs.Select(run => run.Text));

    public int Columns => Runs.Sum(run => Graphemes.Columns(run.Text));

    public static Line Of(string text, Ink ink = Ink.Normal) => new([new(text, ink)]);

    public static Line Of(params Run[] runs) => new(runs);

    /// <summary>Text at the left and the right of a row; the left one is cut if they do not fit.</summary>
    public static Line Spread(IReadOnlyList<Run> left, IReadOnlyList<Run> right, int columns, Ink fill)
    {
        int rightColumns = right.Sum(run => Graphemes.Columns(run.Text));
        if (rightColumns > columns)
            (right, rightColumns) = ([], 0);

        int room = columns - rightColumns;
        List<Run> runs = [];
        foreach (Run run in left)
        {
            string text = Graphemes.Fit(run.Text, room);
            room -= Graphemes.Columns(text);
            runs.Add(run with { Text = text });
        }

        return new([.. runs, new(new string(' ', room), fill), .. right]);
    }
}
