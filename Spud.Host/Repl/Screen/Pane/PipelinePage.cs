using Terminal.Gui.Input;

namespace Spud.Host.Repl.Screen;

/// <summary>The pipeline as a tree: components, their options and memory. Enter on a value lists the allowed ones.</summary>
internal sealed class PipelinePage() : PanePage("Pipeline")
{
    private const int MaxLabelColumns = 20;

    private readonly List<(int Item, int Choice)> _rowOwners = [];
    private IReadOnlyList<PipelineItem> _items = [];
    private string? _doing = "starting";
    private int _selected;
    private int? _open;
    private int _choice;
    private int? _selectedRow;
    private int _labelColumns = 10;

    /// <summary>A command to run, such as "/set cache.format=q8_0".</summary>
    public event Action<string>? Entered;

    /// <summary>The beginning of a command, which the user completes.</summary>
    public event Action<string>? Typed;

    public override int? SelectedRow => _selectedRow;

    /// <summary>Shows a pipeline.</summary>
    public void Show(IReadOnlyList<PipelineItem> items)
    {
        (_items, _open, _doing) = (items, null, null);
        _labelColumns = Math.Min(MaxLabelColumns, items.Select(item => Graphemes.Columns(item.Label) + 2 * item.Depth).DefaultIfEmpty(0).Max() + 2);
        _selected = Math.Clamp(_selected, 0, Math.Max(0, items.Count - 1));
        Renew();
    }

    /// <summary>Shows a running operation; null when it has ended.</summary>
    public void Busy(string? what)
    {
        _doing = what;
        Renew();
    }

    public override IReadOnlyList<ScreenKey> Keys =>
    [
        new([Key.Enter, Key.Space], "Enter", "In the pipeline: what a value may be; again: take the chosen one", () => Act(Enter)),
        new([Key.CursorUp], "", "", () => Act(() => Step(-1))),
        new([Key.CursorDown], "", "", () => Act(() => Step(1))),
        new([Key.Esc], "", "", () => _open is not null && Act(Close)),
    ];

    public override void Click(int row)
    {
        if (row < 0 || row >= _rowOwners.Count || _rowOwners[row].Item < 0)
            return;

        (int item, int choice) = _rowOwners[row];
        if (choice < 0 && _open is not null)
            _open = null;

        bool isAgain = item == _selected;
        (_selected, _choice) = (item, Math.Max(0, choice));
        if (choice >= 0 || isAgain)
            Enter();
        else
            Renew();
    }

    protected override IReadOnlyList<Line> Create(int columns)
    {
        List<Line> rows = [];
        _rowOwners.Clear();
        _selectedRow = null;
        if (_items.Count == 0)
            Wrapping.Wrap(Paragraph.Of(_doing is null ? "No pipeline is loaded. Load one: /model FILE or /pipeline FILE" : ShownText.OneLine(_doing), Ink.Dim), columns, rows);

        for (int i = 0; i < _items.Count; i++)
            Add(i, columns, rows);

        if (_items.Count > 0 && _doing is not null)
            Wrapping.Wrap([Paragraph.Empty, Paragraph.Of(ShownText.OneLine(_doing), Ink.Accent)], columns).ForEach(rows.Add);

        return rows;
    }

    private void Add(int index, int columns, List<Line> rows)
    {
        PipelineItem item = _items[index];
        if (item.Depth == 0 && index > 0 && _items[index - 1].Depth > 0)
            Own(rows, Line.Empty, -1, -1);

        bool isSelected = IsFocused && index == _selected;
        if (isSelected)
            _selectedRow = rows.Count;

        string sign = isSelected ? "▸" : " ", label = Graphemes.Exactly($"{sign}{(item.Depth > 0 ? "  " : "")}{item.Label}", _labelColumns);
        Run indent = new(new string(' ', _labelColumns));
        Run first = new(label, isSelected ? Ink.Selected : item.Depth == 0 ? Ink.Accent : Ink.Dim);
        Run value = new(item.Value, item.Path is not null && item.Depth == 0 ? Ink.Strong : Ink.Normal), note = new(item.Note, Ink.Dim);
        bool fits = Graphemes.Columns(label) + Graphemes.Columns(item.Value) + 2 + Graphemes.Columns(item.Note) <= columns;
        List<Paragraph> paragraphs = [new(fits && item.Note.Length > 0 ? [value, new("  "), note] : [value], first, indent)];
        if (!fits)
            paragraphs.Add(new([note], indent, indent));

        foreach (Line line in Wrapping.Wrap(paragraphs, columns))
            Own(rows, line, index, -1);

        if (isSelected && _open is null && item is { Path: not null, Allowed.Count: 0, Expected.Length: > 0 })
            Help(rows, $"{item.Description} Expected: {item.Expected}. Enter types it.", columns);
        if (_open == index)
            AddChoices(index, item, columns, rows);
    }

    private void AddChoices(int index, PipelineItem item, int columns, List<Line> rows)
    {
        for (int choice = 0; choice < item.Allowed.Count; choice++)
        {
            bool isPresent = item.Allowed[choice] == item.Value, isChosen = choice == _choice;
            if (isChosen)
                _selectedRow = rows.Count;

            string text = Graphemes.Fit($"{(isChosen ? "▸ " : "  ")}{(isPresent ? "● " : "○ ")}{ShownText.OneLine(item.Allowed[choice])} ", columns - _labelColumns);
            Own(rows, Line.Of(new(new string(' ', _labelColumns)), new Run(text, isChosen ? Ink.Selected : Ink.Normal)), index, choice);
        }

        Help(rows, $"{item.Description} Enter takes it, Esc closes.", columns);
    }

    private void Help(List<Line> rows, string help, int columns)
    {
        foreach (Line line in Wrapping.Wrap([Paragraph.Of(help.Trim(), Ink.Dim).Indented(new(new string(' ', _labelColumns)), new(new string(' ', _labelColumns)))], columns))
            Own(rows, line, -1, -1);
    }

    private void Own(List<Line> rows, Line line, int item, int choice)
    {
        rows.Add(line);
        _rowOwners.Add((item, choice));
    }

    private bool Act(Action act)
    {
        if (_items.Count == 0)
            return false;

        act();
        return true;
    }

    private void Step(int by)
    {
        if (_open is { } open)
            _choice = Math.Clamp(_choice + by, 0, Math.Max(0, _items[open].Allowed.Count - 1));
        else
            _selected = Math.Clamp(_selected + by, 0, _items.Count - 1);

        Renew();
    }

    private void Enter()
    {
        PipelineItem item = _items[_selected];
        if (item.Path is not { } path)
            return;

        if (_open is not null)
        {
            string chosen = item.Allowed[_choice];
            Close();
            if (chosen != item.Value)
                Entered?.Invoke(Command(path, chosen));
        }
        else if (item.Allowed.Count == 0)
            Typed?.Invoke(path == "model" ? "/model " : $"/set {path}=");
        else
        {
            (_open, _choice) = (_selected, Math.Max(0, item.Allowed.ToList().IndexOf(item.Value)));
            Renew();
        }
    }

    // Another component replaces the whole entry of a role; one of several entries is identified by its path.
    private static string Command(string path, string value) =>
        path.EndsWith(".use", StringComparison.Ordinal) && !path.Contains('[') ? $"/use {path[..^".use".Length]} {value}" : $"/set {path}={value}";

    private void Close()
    {
        _open = null;
        Renew();
    }
}
