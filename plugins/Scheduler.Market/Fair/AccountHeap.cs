namespace Scheduler.Market.Fair;

/// <summary>An account with the job that is its next.</summary>
internal struct AccountEntry
{
    public required int Account;
    public required int Job;

    /// <summary>Its counter, with what was picked in this step.</summary>
    public required double Counter;

    /// <summary>Its place in the order.</summary>
    public required double Key;

    // Equal keys: the earlier job first, so that the order depends on nothing else.
    public readonly bool IsBefore(in AccountEntry other) => Key < other.Key || Key == other.Key && Job < other.Job;
}

/// <summary>A binary heap of accounts, the one that is furthest behind on top.</summary>
internal sealed class AccountHeap
{
    private AccountEntry[] _entries = [];
    private int _count;

    public void Clear(int capacity)
    {
        Scratch.Grow(ref _entries, capacity);
        _count = 0;
    }

    /// <summary>Adds an entry at the end; <see cref="Order"/> or <see cref="Restore"/> puts it in its place.</summary>
    public void Add(in AccountEntry entry) => _entries[_count++] = entry;

    /// <summary>Orders all entries.</summary>
    public void Order()
    {
        for (int i = _count / 2 - 1; i >= 0; i--)
            Sink(i);
    }

    /// <summary>Puts the last entry in its place, if it is not there yet.</summary>
    public void Restore()
    {
        int i = _count - 1;
        while (i > 0 && _entries[i].IsBefore(_entries[(i - 1) / 2]))
        {
            (_entries[i], _entries[(i - 1) / 2]) = (_entries[(i - 1) / 2], _entries[i]);
            i = (i - 1) / 2;
        }
    }

    public bool TryPop(out AccountEntry top)
    {
        if (_count == 0)
        {
            top = default;
            return false;
        }

        top = _entries[0];
        _entries[0] = _entries[--_count];
        Sink(0);
        return true;
    }

    private void Sink(int i)
    {
        while (2 * i + 1 < _count)
        {
            int child = 2 * i + 1;
            if (child + 1 < _count && _entries[child + 1].IsBefore(_entries[child]))
                child++;
            if (!_entries[child].IsBefore(_entries[i]))
                return;

            (_entries[i], _entries[child]) = (_entries[child], _entries[i]);
            i = child;
        }
    }
}
