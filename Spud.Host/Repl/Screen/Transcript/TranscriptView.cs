namespace Spud.Host.Repl.Screen;

/// <summary>The conversation on the screen. It follows the end until the user scrolls up, and again once the user is back at the end.</summary>
internal sealed class TranscriptView : RowsView
{
    private const string Welcome = "Ask the model something. /set changes its pipeline between two questions, F2 shows it; / lists the commands, F1 all keys.";

    private readonly TranscriptBuffer _buffer = new();

    public TranscriptView(Look look) : base(look)
    {
        Follows = true;
        Show(_buffer.Rows);
        FrameChanged += (_, _) => Fit();
        Add(EntryKind.Information, Welcome);
    }

    public IReadOnlyList<Entry> Entries => _buffer.Entries;

    protected override bool CanFollow => true;

    /// <summary>Adds an entry.</summary>
    public Entry Add(EntryKind kind, string text, bool isFinished = true, string? title = null)
    {
        Entry entry = new(kind) { IsFinished = isFinished, Title = title };
        entry.Append(text);
        _buffer.Add(entry);
        Refresh();
        return entry;
    }

    /// <summary>Shows what is drawn for each width.</summary>
    public void Add(Func<int, List<Line>> drawn)
    {
        _buffer.Add(new(EntryKind.Information) { IsFinished = true, Drawn = drawn });
        Refresh();
    }

    /// <summary>Shows turns of a conversation.</summary>
    public void AddTurns(IEnumerable<Turn> turns)
    {
        foreach (Turn turn in turns)
        {
            _buffer.Add(EntryKind.Question, turn.Question);
            if (turn.Reasoning is { Length: > 0 } reasoning)
                _buffer.Add(EntryKind.Reasoning, reasoning);

            Entry answer = new(EntryKind.Answer) { IsFinished = true, Footer = TurnText.Footer(turn) };
            answer.Append(turn.Answer);
            _buffer.Add(answer);
        }

        Refresh();
    }

    /// <summary>Adds text to the running entry.</summary>
    public void Append(Entry entry, string text)
    {
        _buffer.Append(entry, text);
        Refresh();
    }

    /// <summary>Ends the running entry.</summary>
    public void Finish(Entry entry, string? footer)
    {
        (entry.IsFinished, entry.Footer) = (true, footer);
        _buffer.Renew(entry);
        Refresh();
    }

    /// <summary>Shows something else.</summary>
    public void Clear()
    {
        _buffer.Clear();
        Follows = true;
        Refresh();
    }

    private void Fit()
    {
        if (TextColumns == _buffer.Columns)
        {
            Refresh();
            return;
        }

        // The entry at the top stays at the top.
        int entry = _buffer.EntryAt(Top), into = Top - _buffer.FirstRow(entry);
        _buffer.Resize(TextColumns);
        Refresh();
        if (!Follows)
            ScrollTo(Math.Min(_buffer.FirstRow(entry) + into, Math.Max(0, _buffer.FirstRow(entry + 1) - 1)));
    }
}
