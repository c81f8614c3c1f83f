namespace Spud.Host.Repl.Screen;

/// <summary>
/// The transcript, wrapped into rows for one width. Text appended to the last entry rewraps only its last paragraph; another width rewraps
/// everything.
/// </summary>
internal sealed class TranscriptBuffer
{
    private readonly List<Entry> _entries = [];
    private readonly List<int> _firstRows = [];
    private readonly List<Line> _rows = [];

    // For the last entry while text arrives: the final rows, and the index in its text after them.
    private int _settledRows;
    private int _settledText;

    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>The rows to draw.</summary>
    public IReadOnlyList<Line> Rows => _rows;

    /// <summary>Width of the rows, in columns.</summary>
    public int Columns { get; private set; } = 80;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _entries.Clear();
        _firstRows.Clear();
        _rows.Clear();
    }

    /// <summary>Adds an entry at the end.</summary>
    public Entry Add(EntryKind kind, string text, bool isFinished = true)
    {
        Entry entry = new(kind) { IsFinished = isFinished };
        entry.Append(text);
        Add(entry);
        return entry;
    }

    /// <summary>Adds an entry at the end.</summary>
    public void Add(Entry entry)
    {
        _entries.Add(entry);
        _firstRows.Add(_rows.Count);
        if (entry.IsFinished)
            Break(entry);
        else
            Begin(entry);
    }

    /// <summary>Adds text to an unfinished entry; fast only for the last one.</summary>
    public void Append(Entry entry, string text)
    {
        entry.Append(text);
        if (!ReferenceEquals(entry, _entries[^1]))
        {
            Renew(entry);
            return;
        }

        _rows.RemoveRange(_settledRows, _rows.Count - _settledRows);
        Unfinished(entry);
    }

    /// <summary>Updates an entry after it ended or got a footer.</summary>
    public void Renew(Entry entry)
    {
        int index = _entries.IndexOf(entry);
        if (index < 0)
            return;

        Entry[] later = [.. _entries.Skip(index)];
        _rows.RemoveRange(_firstRows[index], _rows.Count - _firstRows[index]);
        _entries.RemoveRange(index, later.Length);
        _firstRows.RemoveRange(index, later.Length);
        foreach (Entry each in later)
            Add(each);
    }

    /// <summary>Rewraps everything for another width.</summary>
    public void Resize(int columns)
    {
        if (columns == Columns)
            return;

        Columns = columns;
        Entry[] all = [.. _entries];
        Clear();
        foreach (Entry entry in all)
            Add(entry);
    }

    /// <summary>The entry that a row belongs to.</summary>
    public int EntryAt(int row)
    {
        int at = _firstRows.BinarySearch(row);
        return at >= 0 ? at : Math.Max(0, ~at - 1);
    }

    /// <summary>The first row of an entry.</summary>
    public int FirstRow(int entry) => entry < _firstRows.Count ? _firstRows[entry] : _rows.Count;

    private void Begin(Entry entry)
    {
        _rows.Add(Line.Empty);
        foreach (Paragraph paragraph in EntryText.Header(entry))
            Wrapping.Wrap(paragraph, Columns, _rows);

        (_settledRows, _settledText) = (_rows.Count, 0);
        Unfinished(entry);
    }

    private void Unfinished(Entry entry)
    {
        List<Paragraph> paragraphs = entry.UnfinishedFrom(_settledText);
        for (int i = 0; i < paragraphs.Count; i++)
        {
            if (i == paragraphs.Count - 1)
                (_settledRows, _settledText) = (_rows.Count, entry.LastParagraph);

            Wrapping.Wrap(paragraphs[i], Columns, _rows);
        }
    }

    private void Break(Entry entry)
    {
        if (entry.Drawn is { } drawn)
        {
            _rows.AddRange(drawn(Columns));
            return;
        }

        foreach (Paragraph paragraph in EntryText.Paragraphs(entry))
            Wrapping.Wrap(paragraph, Columns, _rows);
    }
}
