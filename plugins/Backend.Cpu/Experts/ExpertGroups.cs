using Spud;

namespace Backend.Cpu.Experts;

/// <summary>
/// The rows of a plan by expert: one group per expert in use, in expert order, with its rows ascending, followed by the
/// shared expert with every row. A plan that does not fit at once is processed a number of rows at a time.
/// </summary>
internal sealed class ExpertGroups
{
    private readonly int[] _counts, _ends, _rows;
    private readonly float[] _weights;
    private readonly Group[] _groups;
    private int _entries;

    /// <summary>Capacity in entries; at least those of one row that uses every expert.</summary>
    public ExpertGroups(int entries, int experts)
    {
        (_counts, _ends, _groups) = (new int[experts], new int[experts], new Group[experts + 1]);
        (_rows, _weights) = (new int[entries], new float[entries]);
    }

    /// <summary>Groups, in expert order.</summary>
    public ReadOnlySpan<Group> All => _groups.AsSpan(0, Count);

    /// <summary>Number of groups.</summary>
    public int Count { get; private set; }

    /// <summary>Total gate and up tiles of all groups.</summary>
    public int Tiles { get; private set; }

    /// <summary>Whether the rows of some group are not contiguous.</summary>
    public bool NeedsGather { get; private set; }

    /// <summary>The entries of one expert; if its rows are contiguous, FirstRow is the first of them.</summary>
    public readonly record struct Group(Expert Expert, int FirstEntry, int Entries, int? FirstRow, int FirstTile);

    /// <summary>Rows of a group, ascending.</summary>
    public ReadOnlySpan<int> RowsOf(in Group group) => _rows.AsSpan(group.FirstEntry, group.Entries);

    /// <summary>Multipliers of these rows.</summary>
    public ReadOnlySpan<float> WeightsOf(in Group group) => _weights.AsSpan(group.FirstEntry, group.Entries);

    /// <summary>Takes rows of a plan from <paramref name="firstRow"/> on, as many as fit; returns the row after the last one taken.</summary>
    /// <param name="layer">The experts.</param>
    /// <param name="plan">A plan of T rows.</param>
    /// <param name="firstRow">Below T.</param>
    /// <param name="sharedWeights">[T], multipliers of the shared expert.</param>
    public int Take(ExpertsLayer layer, in RoutingPlan plan, int firstRow, ReadOnlySpan<float> sharedWeights)
    {
        ReadOnlySpan<int> offsets = plan.Offsets.AsSpan<int>();
        int shared = layer.Shared is null ? 0 : 1, endRow = firstRow + 1;
        while (endRow < offsets.Length - 1 && offsets[endRow + 1] - offsets[firstRow] + shared * (endRow + 1 - firstRow) <= _rows.Length)
            endRow++;

        (Count, Tiles, NeedsGather) = (0, 0, false);
        PlaceEntries(plan, firstRow, endRow);
        for (int i = 0; i < layer.Routed.Length; i++)
            if (_counts[i] > 0)
                AddGroup(layer.Routed[i], _ends[i] - _counts[i], _counts[i]);

        if (layer.Shared is { } expert)
            AddShared(expert, firstRow, endRow, sharedWeights);
        return endRow;
    }

    /// <summary>The group that a gate and up tile belongs to.</summary>
    public Group OfTile(int tile)
    {
        (int from, int to) = (0, Count - 1);
        while (from < to)
        {
            int middle = (from + to + 1) / 2;
            if (_groups[middle].FirstTile <= tile)
                from = middle;
            else
                to = middle - 1;
        }

        return _groups[from];
    }

    private void PlaceEntries(in RoutingPlan plan, int firstRow, int endRow)
    {
        ReadOnlySpan<int> offsets = plan.Offsets.AsSpan<int>(), experts = plan.Experts.AsSpan<int>();
        ReadOnlySpan<float> weights = plan.Weights.AsSpan<float>();
        Array.Clear(_counts);
        foreach (int expert in experts[offsets[firstRow]..offsets[endRow]])
            _counts[expert]++;

        _entries = 0;
        for (int i = 0; i < _counts.Length; i++)
            (_ends[i], _entries) = (_entries, _entries + _counts[i]);

        for (int row = firstRow; row < endRow; row++)
        {
            for (int i = offsets[row]; i < offsets[row + 1]; i++)
            {
                int entry = _ends[experts[i]]++;
                (_rows[entry], _weights[entry]) = (row, weights[i]);
            }
        }
    }

    private void AddShared(Expert expert, int firstRow, int endRow, ReadOnlySpan<float> weights)
    {
        for (int row = firstRow; row < endRow; row++)
            (_rows[_entries + row - firstRow], _weights[_entries + row - firstRow]) = (row, weights[row]);

        AddGroup(expert, _entries, endRow - firstRow);
    }

    private void AddGroup(Expert expert, int firstEntry, int entries)
    {
        int first = _rows[firstEntry], last = _rows[firstEntry + entries - 1];
        bool together = last - first + 1 == entries;
        _groups[Count++] = new Group(expert, firstEntry, entries, together ? first : null, Tiles);
        Tiles += expert.Gate.Tiles;
        NeedsGather |= !together;
    }
}
