namespace Spud.Execution;

/// <summary>
/// Rows of one step that leave early. A sequence is gone when all of its rows in the step have left: the others, the company that goes on, are moved together, and later layers compute them alone.
/// A row that left while its sequence goes on, as in the verification of a draft, is computed with the others, and set back after each layer to what it was when it left.
/// </summary>
/// <remarks>Nothing is allocated while a step runs, but two batches in the first step that is divided.</remarks>
internal sealed class StepExits
{
    private const int Here = -1;

    private readonly EarlyExits _exits;
    private readonly StepDomain _host;
    private readonly TensorView _left, _gathered;
    private readonly int[] _leftAfter, _rowOf, _entries;
    private readonly bool[] _leaves;
    private readonly BatchPart _passing, _gone;
    private Batch _whole = null!;
    private bool _isSplit;

    /// <param name="account">Counts the memory.</param>
    /// <param name="host">The host's domain, in which all rows are.</param>
    /// <param name="exits">Where rows leave.</param>
    /// <param name="hiddenWidth">C.</param>
    /// <param name="limits">The largest step.</param>
    public StepExits(MemoryAccount account, StepDomain host, EarlyExits exits, int hiddenWidth, Limits limits)
    {
        (_exits, _host) = (exits, host);
        _left = account.Allocate(host.Memory, ElementType.F32, limits.Rows, hiddenWidth);
        _gathered = account.Allocate(host.Memory, ElementType.F32, limits.Rows, hiddenWidth);
        (_leftAfter, _rowOf, _entries, _leaves) = (new int[limits.Rows], new int[limits.Rows], new int[limits.StepSequences], new bool[limits.Rows]);
        (_passing, _gone) = (new(account, host.Memory, limits), new(account, host.Memory, limits));
    }

    /// <summary>Bytes of its buffers.</summary>
    public long Bytes => _left.Bytes + _gathered.Bytes + _passing.Bytes + _gone.Bytes;

    /// <summary>Starts a step: all rows pass.</summary>
    public void Begin(Batch batch)
    {
        (_whole, _isSplit) = (batch, false);
        _leftAfter.AsSpan(0, batch.Rows).Fill(Here);
        for (int row = 0; row < batch.Rows; row++)
            _rowOf[row] = row;
    }

    /// <summary>The sequences that the next layer computes; without rows if all have left.</summary>
    public Batch Passing => _isSplit ? _passing.Batch! : _whole;

    /// <summary>The sequences that are gone; null if there are none.</summary>
    private Batch? Gone => _isSplit ? _gone.Batch : null;

    /// <summary>Asks the policy which rows leave after a layer, and divides the step if that leaves a sequence with none.</summary>
    public void Leave(int exit, StepMeter meter)
    {
        Batch batch = Passing;
        if (!HasDecoded(batch))
            return;

        Span<bool> leaves = _leaves.AsSpan(0, batch.Rows);
        leaves.Clear();
        TensorView hidden = _host.Hidden(batch.Rows);
        _exits.Policy.Leave(_exits.Layers[exit], _host.Step, hidden, leaves);
        bool divides = false;
        for (int i = 0; i < batch.Sequences; i++)
        {
            BatchEntry entry = batch.Entries[i];
            if (entry.Phase != Phase.Decode)
                continue;

            int went = 0, leave = 0;
            for (int row = entry.FirstRow; row < entry.FirstRow + entry.Rows; row++)
            {
                if (leaves[row] && _leftAfter[_rowOf[row]] == Here)
                {
                    _leftAfter[_rowOf[row]] = _exits.Layers[exit];
                    hidden.At(row).AsSpan<float>().CopyTo(_left.At(_rowOf[row]).AsSpan<float>());
                    leave++;
                }

                went += _leftAfter[_rowOf[row]] == Here ? 0 : 1;
            }

            meter.CountExits(batch.OriginOf(i), entry.Rows, leave);
            if (leave > 0)
                _exits.Figures[exit].Add(_host.Step.Sequences[i], leave);

            divides |= went == entry.Rows;
        }

        if (divides)
            Divide(_exits.Layers[exit], hidden, meter);
    }

    /// <summary>Computes the keys of the sequences that are gone in a layer that they do not pass through.</summary>
    public void Fill(BoundComponent<IAttention> attention, PageStore pages, int layer)
    {
        if (Gone is not { Rows: > 0 } gone)
            return;

        TensorView hidden = _gathered.Rows(0, gone.Rows);
        for (int i = 0, to = 0; i < gone.Sequences; i++)
        {
            BatchEntry of = _whole.Entries[gone.OriginOf(i)];
            for (int row = 0; row < of.Rows; row++)
                _left.At(of.FirstRow + row).AsSpan<float>().CopyTo(hidden.At(to++).AsSpan<float>());
        }

        _host.Begin(gone);
        Heads heads = _host.Attention.Heads(layer, gone.Rows);
        attention.Component.Project(layer, _host.Step, hidden, heads);
        pages.Place(layer, gone);
        pages.Append(layer, 0, gone, heads);
        _host.Begin(Passing);
    }

    /// <summary>Sets rows that left back to what they were, where their sequence goes on.</summary>
    public void SetBack()
    {
        Batch batch = Passing;
        TensorView hidden = _host.Hidden(batch.Rows);
        for (int row = 0; row < batch.Rows; row++)
        {
            if (_leftAfter[_rowOf[row]] != Here)
                _left.At(_rowOf[row]).AsSpan<float>().CopyTo(hidden.At(row).AsSpan<float>());
        }
    }

    /// <summary>Puts the rows of the whole step together again, those that left as the policy finishes them.</summary>
    public void Rejoin()
    {
        TensorView hidden = _host.Hidden(_whole.Rows);

        // Rows were moved towards the front, so they are moved back from the last one on.
        for (int row = Passing.Rows - 1; _isSplit && row >= 0; row--)
            hidden.At(row).AsSpan<float>().CopyTo(hidden.At(_rowOf[row]).AsSpan<float>());

        foreach (int layer in _exits.Layers)
            Finish(layer, hidden);

        _isSplit = false;
        _host.Begin(_whole);
    }

    private void Finish(int layer, in TensorView hidden)
    {
        int count = 0;
        for (int row = 0; row < _whole.Rows; row++)
        {
            if (_leftAfter[row] == layer)
                _left.At(row).AsSpan<float>().CopyTo(_gathered.At(count++).AsSpan<float>());
        }

        if (count == 0)
            return;

        _exits.Policy.Finish(layer, _gathered.Rows(0, count));
        count = 0;
        for (int row = 0; row < _whole.Rows; row++)
        {
            if (_leftAfter[row] == layer)
                _gathered.At(count++).AsSpan<float>().CopyTo(hidden.At(row).AsSpan<float>());
        }
    }

    private void Divide(int layer, in TensorView hidden, StepMeter meter)
    {
        // Rows that go on move to the front; a row is read before its place is written.
        int rows = 0;
        for (int row = 0; row < Passing.Rows; row++)
        {
            int of = _rowOf[row];
            if (IsGone(EntryOf(of)))
                continue;

            if (rows != row)
                hidden.At(row).AsSpan<float>().CopyTo(hidden.At(rows).AsSpan<float>());
            _rowOf[rows++] = of;
        }

        _passing.Take(_whole, Entries(gone: false));
        _gone.Take(_whole, Entries(gone: true));
        _isSplit = true;
        meter.Divide(layer, _passing.Batch!, _gone.Batch!);
        _host.Begin(Passing);
    }

    private int EntryOf(int row)
    {
        int entry = 0;
        while (row >= _whole.Entries[entry].FirstRow + _whole.Entries[entry].Rows)
            entry++;

        return entry;
    }

    private ReadOnlySpan<int> Entries(bool gone)
    {
        int count = 0;
        for (int i = 0; i < _whole.Sequences; i++)
        {
            if (IsGone(i) == gone)
                _entries[count++] = i;
        }

        return _entries.AsSpan(0, count);
    }

    private bool IsGone(int entry)
    {
        BatchEntry of = _whole.Entries[entry];
        return !_leftAfter.AsSpan(of.FirstRow, of.Rows).Contains(Here);
    }

    private static bool HasDecoded(Batch batch)
    {
        foreach (ref readonly BatchEntry entry in batch.Entries)
        {
            if (entry.Phase == Phase.Decode)
                return true;
        }

        return false;
    }
}
