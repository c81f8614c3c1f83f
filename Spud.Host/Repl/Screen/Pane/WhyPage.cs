using Terminal.Gui.Input;

namespace Spud.Host.Repl.Screen;

/// <summary>An answer token by token: its probability, alternatives, experts and cost.</summary>
internal sealed class WhyPage() : PanePage("Why")
{
    private const double Sure = 0.9;
    private const double Doubtful = 0.5;
    private const int JumpTokens = 10;
    private const int BarColumns = 10;

    private readonly List<int> _firstOfRow = [];
    private Turn? _turn;
    private int _selected;
    private int? _selectedRow;

    public override int? SelectedRow => _selectedRow;

    /// <summary>Shows an answer.</summary>
    public void Show(Turn? turn)
    {
        (_turn, _selected) = (turn, 0);
        Renew();
    }

    public override IReadOnlyList<ScreenKey> Keys =>
    [
        new([Key.CursorLeft], "Left, Right", "In an answer: the token before or after", () => Move(-1)),
        new([Key.CursorRight], "", "", () => Move(1)),
        new([Key.CursorUp], "Up, Down", $"In an answer: {JumpTokens} tokens before or after", () => Move(-JumpTokens)),
        new([Key.CursorDown], "", "", () => Move(JumpTokens)),
    ];

    public override void Click(int row)
    {
        if (row >= 0 && row < _firstOfRow.Count && _firstOfRow[row] >= 0)
            Step(_firstOfRow[row] - _selected);
    }

    protected override IReadOnlyList<Line> Create(int columns)
    {
        List<Line> rows = [];
        _firstOfRow.Clear();
        _selectedRow = null;
        if (_turn is not { Tokens.Count: > 0 } turn)
            return Wrapping.Wrap([Paragraph.Of("/why shows an answer here, token by token.", Ink.Dim)], columns);

        TurnToken token = turn.Tokens[_selected];
        List<Paragraph> head = [new([new($"Turn {turn.Number}", Ink.Heading), new($"  token {_selected + 1} of {turn.Tokens.Count}", Ink.Dim)]), Paragraph.Empty];
        head.AddRange(Details(token));
        head.Add(Paragraph.Empty);
        rows.AddRange(Wrapping.Wrap(head, columns));
        _firstOfRow.AddRange(Enumerable.Repeat(-1, rows.Count));
        Blocks(turn.Tokens, columns, rows);
        rows.AddRange(Wrapping.Wrap([Paragraph.Empty, Paragraph.Of($"‹unlikely: below {Doubtful:0%}›  underlined: below {Sure:0%}. Left and Right move, Up and Down by {JumpTokens}.", Ink.Dim)], columns));
        return rows;
    }

    private bool Move(int tokens)
    {
        if (_turn is not { Tokens.Count: > 0 })
            return false;

        Step(tokens);
        return true;
    }

    private static IEnumerable<Paragraph> Details(TurnToken token)
    {
        yield return Row($"\"{Shown(token.Text)}\"", token.LogProbability, Ink.Strong);
        foreach (Alternative alternative in token.Top.Where(alternative => alternative.Id != token.Id))
            yield return Row($"\"{Shown(alternative.Text)}\"", alternative.LogProbability, Ink.Normal);
        if (!token.Experts.IsDefaultOrEmpty)
            yield return Paragraph.Of($"experts by layer: {string.Join(' ', token.Experts)}", Ink.Dim);

        string cost = token.ComputeUnits is { } units ? $"{Units.Compute(units)}, " : "";
        yield return Paragraph.Of($"{cost}{token.At.TotalSeconds:0.00} s after the question", Ink.Dim);
    }

    private static Paragraph Row(string text, double? logProbability, Ink ink)
    {
        string share = logProbability is { } log ? $"{Charts.Bar(Math.Exp(log), BarColumns)} {Math.Exp(log),6:0.0%}" : "";
        return new([new(Graphemes.Exactly(text, 16) + " ", ink), new(share, Ink.Accent)], IsVerbatim: true);
    }

    private void Blocks(IReadOnlyList<TurnToken> tokens, int columns, List<Line> rows)
    {
        List<Run> row = [];
        int used = 0, first = 0;
        for (int i = 0; i < tokens.Count; i++)
        {
            (string text, Ink ink) = Block(tokens[i]);
            int width = Graphemes.Columns(text);
            if (used > 0 && used + width > columns)
            {
                End(row, first, rows);
                (row, used, first) = ([], 0, i);
            }

            if (i == _selected)
                _selectedRow = rows.Count;

            row.Add(new(Graphemes.Fit(text, columns), i == _selected ? Ink.Selected : ink));
            used += width;
        }

        End(row, first, rows);
    }

    private void End(List<Run> row, int first, List<Line> rows)
    {
        rows.Add(new(row));
        _firstOfRow.Add(first);
    }

    private static (string Text, Ink Ink) Block(TurnToken token)
    {
        string text = Shown(token.Text);
        return token.LogProbability is not { } log || Math.Exp(log) >= Sure ? (text, Ink.Normal)
            : Math.Exp(log) >= Doubtful ? (text, Ink.Heading)
            : ($"‹{text}›", Ink.Warning);
    }

    private static string Shown(string text) => ShownText.Safe(text).Replace("\n", "⏎");

    private void Step(int by)
    {
        _selected = Math.Clamp(_selected + by, 0, Math.Max(0, (_turn?.Tokens.Count ?? 1) - 1));
        Renew();
    }
}
