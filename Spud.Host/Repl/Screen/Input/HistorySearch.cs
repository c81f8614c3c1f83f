namespace Spud.Host.Repl.Screen;

/// <summary>Ctrl+R: finds an earlier message by a part of it, while that part is typed.</summary>
internal sealed class HistorySearch(InputHistory history)
{
    private string _wanted = "";
    private int _before;

    public bool IsActive { get; private set; }

    /// <summary>The message found; null if there is no match.</summary>
    public string? Found { get; private set; }

    /// <summary>The row shown in place of the text.</summary>
    public IEnumerable<Run> Shown =>
    [
        new("search: ", Ink.Accent), new(_wanted, Ink.Strong),
        new(Found is { } found ? $"  → {found.Replace('\n', ' ')}" : _wanted.Length > 0 ? "  → no message has this" : "  → part of a message", Ink.Dim),
    ];

    /// <summary>The caret's column, after the search text.</summary>
    public int CaretColumn => "search: ".Length + Graphemes.Columns(_wanted);

    public void Begin()
    {
        (IsActive, _wanted, Found, _before) = (true, "", null, history.Entries.Count);
    }

    public void End() => IsActive = false;

    public void Lengthen(string typed)
    {
        _wanted += typed;
        Again();
    }

    public void Shorten()
    {
        _wanted = _wanted[..Graphemes.Before(_wanted, _wanted.Length)];
        Again();
    }

    /// <summary>Finds an older match; keeps the current one if there is none.</summary>
    public void Older()
    {
        if (_wanted.Length > 0 && history.Search(_wanted, ref _before) is { } older)
            Found = older;
    }

    private void Again()
    {
        _before = history.Entries.Count;
        Found = _wanted.Length == 0 ? null : history.Search(_wanted, ref _before);
    }
}
