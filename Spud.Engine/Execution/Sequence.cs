using Spud.Metering;

namespace Spud.Execution;

/// <summary>One text being read or generated: committed tokens and their pages. Dispose it to release the pages, while no step is running.</summary>
public sealed class Sequence : IDisposable
{
    private readonly Engine _engine;
    private readonly int[] _ids;

    internal Sequence(Engine engine, int id, PageTable[] tables, Ledger ledger, int[] ids)
    {
        (_engine, Id, _ids) = (engine, id, ids);
        (Tables, Ledger) = (tables, ledger);
    }

    /// <summary>Below the pipeline's number of sequences; reused by later ones.</summary>
    public int Id { get; }

    /// <summary>Number of committed tokens.</summary>
    public int Tokens { get; private set; }

    /// <summary>Their ids; valid until the sequence changes.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Tokens);

    /// <summary>Cancels this sequence's part of a step; the others continue. Checked between layers.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>
    /// Effort of its rows from the next <see cref="Batch.Add"/> on, 0 .. 1; the keys of a text depend on it, so it must not change while
    /// a prompt is read.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not within 0 .. 1.</exception>
    public float Effort
    {
        get;
        set => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "effort: expected 0 to 1");
    } = 1;

    /// <summary>Why it ended; null while it is alive.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Cost of its steps since it was opened, or since <see cref="StartLedger"/>.</summary>
    public Ledger Ledger { get; private set; }

    /// <summary>Maximum rows that a step may add: they end at the next review border.</summary>
    public int RowsToReview => _engine.Borders.RowsFrom(Tokens);

    // What a drafter was shown last: the committed tokens that are still the same, and the token behind them.
    private int _shown;
    private int? _shownNext;

    // The last token's row after the final norm, where a drafter reads it, and the length of the text up to it.
    private float[] _hidden = [];
    private int _hiddenTokens;

    internal PageTable[] Tables { get; }

    /// <summary>The engine that runs its steps.</summary>
    internal Engine Engine => _engine;

    internal bool IsDisposed { get; private set; }

    /// <summary>Starts a new request on the same text: counting starts again in a new ledger; the previous ledger stays valid.</summary>
    /// <param name="limit">Maximum cost: a step that might exceed it is refused; null for no limit.</param>
    public Ledger StartLedger(Budget? limit = null)
    {
        ThrowIfEnded();
        return Ledger = _engine.NewLedger(Tables, limit);
    }

    /// <summary>Counts the next steps in a ledger of the same text.</summary>
    internal void UseLedger(Ledger ledger)
    {
        Ledger = ledger;
        StepMeter.Keep(ledger, Tables);
    }

    /// <summary>Whether this many more rows fit the remaining budget; check before each step, since a batch with rows that do not is refused.</summary>
    /// <param name="rows">At least 1; if more than fit a step, several steps are assumed.</param>
    /// <param name="phase">The phase of the rows.</param>
    /// <param name="logits">Which logits are read.</param>
    public bool Affords(int rows, Phase phase, LogitRows logits)
    {
        using SingleUser.Turn turn = _engine.TakeTurn();
        ThrowIfEnded();
        return _engine.Guard.Affords(this, phase, rows, logits.Of(rows));
    }

    /// <summary>Lowers the effort of decoding to fit the remaining budget per expected token.</summary>
    /// <param name="expectedTokens">At least 1.</param>
    /// <param name="effort">The maximum effort, 0 .. 1.</param>
    public void Steer(int expectedTokens, float effort)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(expectedTokens, 1);
        using SingleUser.Turn turn = _engine.TakeTurn();
        ThrowIfEnded();
        Effort = Math.Min(effort, _engine.Guard.Effort(this, expectedTokens));
    }

    /// <summary>
    /// Forks the sequence: the new one has the same past; pages are shared until one of the two writes into them. Its ledger is its own and empty,
    /// but both spend from the same limit, until <see cref="StartLedger"/> gives one of them another.
    /// </summary>
    /// <exception cref="InvalidOperationException">All sequences of the pipeline are in use, or this one has ended.</exception>
    public Sequence Fork()
    {
        using SingleUser.Turn turn = _engine.TakeTurn();
        ThrowIfEnded();
        Sequence child = _engine.OpenNext();
        for (int layer = 0; layer < Tables.Length; layer++)
            Tables[layer].ForkInto(child.Tables[layer]);

        _engine.States.Fork(Id, child.Id);
        child.Append(Ids);
        child.Ledger = _engine.NewLedger(child.Tables, Ledger.Limit, Ledger);
        return child;
    }

    /// <summary>The keys kept in a layer, by pool and KV head.</summary>
    /// <param name="layer">0 .. L - 1.</param>
    public IEnumerable<KeptKeys> KeptKeys(int layer)
    {
        ThrowIfEnded();
        return Tables[layer].KeptKeys();
    }

    /// <summary>Whether the sequence can be truncated to an earlier length: false if the cache has dropped keys that the shorter text would need.</summary>
    /// <param name="tokens">0 .. <see cref="Tokens"/>.</param>
    public bool CanTruncate(int tokens) => _engine.Parts.DroppedBy(Tables, _engine.States.ReadAgainFrom(Tokens, tokens)) is null;

    /// <summary>Truncates to an earlier length. If components keep a state of the text, the rows after the last border before it are computed again.</summary>
    /// <param name="tokens">0 .. <see cref="Tokens"/>.</param>
    /// <exception cref="InvalidOperationException">The cache has dropped keys that the shorter text would need.</exception>
    public void Truncate(int tokens)
    {
        using SingleUser.Turn turn = _engine.TakeTurn();
        ThrowIfEnded();
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, Tokens);
        if (tokens == Tokens)
            return;
        int from = _engine.States.ReadAgainFrom(Tokens, tokens);
        if (_engine.Parts.DroppedBy(Tables, from) is { } layer)
            throw new InvalidOperationException($"sequence {Id} cannot go back to {tokens} tokens: layer {layer} has dropped keys, or moved them into another format, that the shorter text needs");

        foreach (PageTable table in Tables)
            table.Truncate(from);

        _engine.States.Truncate(Id, Tokens, from);
        Tokens = from;
        _hiddenTokens = 0;
        if (from < _shown)
            (_shown, _shownNext) = (from, null);
        Ledger.Label = _engine.States.LabelOf(Id);
        if (from < tokens)
            ReadAgain(_ids.AsSpan(from, tokens - from).ToArray());
    }

    /// <summary>Records in the ledger what kind of text this is: it can change at a border, and a new ledger does not have it.</summary>
    internal void Label()
    {
        if (Ledger.Label is null || _engine.Borders.IsAt(Tokens))
            Ledger.Label = _engine.States.LabelOf(Id);
    }

    /// <summary>Frees the pages.</summary>
    public void Dispose()
    {
        if (IsDisposed)
            return;

        using SingleUser.Turn turn = _engine.TakeTurn();
        IsDisposed = true;
        GivePagesBack();
        _engine.Close(this);
    }

    /// <summary>Ends the sequence without freeing its pages: the caller owns them now.</summary>
    internal PageTable[] Detach()
    {
        IsDisposed = true;
        _engine.Close(this);
        return Tables;
    }

    /// <summary>The text and a token behind it that has not been read, for a drafter.</summary>
    /// <param name="next">The token; there must be room for it.</param>
    /// <param name="ids">The ids, valid until the sequence changes.</param>
    /// <returns>Number of the first ids that are the same as in the last call.</returns>
    internal int ShowDrafter(int next, out ReadOnlySpan<int> ids)
    {
        Write([next]);
        ids = _ids.AsSpan(0, Tokens + 1);
        int unchanged = _shownNext is { } last && ids[_shown] == last ? _shown + 1 : _shown;
        (_shown, _shownNext) = (Tokens, next);
        return unchanged;
    }

    /// <summary>[C]: the last token's row after the final norm; empty if it was not kept.</summary>
    internal ReadOnlySpan<float> Hidden => _hiddenTokens > 0 && _hiddenTokens == Tokens ? _hidden : [];

    /// <summary>Keeps a copy of the last token's row after the final norm.</summary>
    internal void KeepHidden(ReadOnlySpan<float> row)
    {
        if (_hidden.Length == 0)
            _hidden = new float[row.Length];

        row.CopyTo(_hidden);
        _hiddenTokens = Tokens;
    }

    /// <summary>Writes ids of rows that are being committed, for reviews to see.</summary>
    internal void Write(ReadOnlySpan<int> ids) => ids.CopyTo(_ids.AsSpan(Tokens));

    /// <summary>Adds the ids of rows that were committed to the pages.</summary>
    internal void Append(ReadOnlySpan<int> ids)
    {
        Write(ids);
        Tokens += ids.Length;
    }

    /// <summary>Ends the sequence: nothing more can be added, and its pages are freed.</summary>
    internal void End(ComponentException fault)
    {
        Fault = fault;
        GivePagesBack();
    }

    /// <exception cref="BudgetExceededException">Reading this many prompt rows may cost more than the remaining budget.</exception>
    internal void RequirePrompt(int rows) => _engine.Guard.Require(this, Phase.Prefill, rows, 1);

    internal bool BelongsTo(Engine engine) => _engine == engine;

    internal void ThrowIfEnded()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        _engine.ThrowIfDisposed();
        if (Fault is { } fault)
            throw new InvalidOperationException($"sequence {Id} has ended: {fault.Message}", fault);
    }

    // A truncated sequence has already paid for these rows, and its text is needed even if the request was cancelled.
    private void ReadAgain(ReadOnlySpan<int> ids)
    {
        (Ledger ledger, CancellationToken cancellation) = (Ledger, Cancellation);
        (Ledger, Cancellation) = (_engine.NewLedger(Tables), CancellationToken.None);
        try
        {
            using Batch batch = _engine.NewBatch();
            for (int done = 0; done < ids.Length;)
                done += _engine.Step(batch, this, ids[done..], Phase.Prefill, LogitRows.None);
        }
        finally
        {
            (Ledger, Cancellation) = (ledger, cancellation);
        }
    }

    internal void GivePagesBack()
    {
        foreach (PageTable table in Tables)
            table.Clear();
    }
}
