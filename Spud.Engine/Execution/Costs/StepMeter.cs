using System.Diagnostics;
using Spud.Configuration;
using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// Counts one step while it runs: keys in the pages and entries of the routing plans (in a dense layer, one per row). Counts are pending
/// until the step is committed, when they are added to the ledgers of its sequences. Nothing is allocated.
/// </summary>
/// <param name="costs">Costs of the pipeline.</param>
/// <param name="sequences">Maximum number of sequences per step.</param>
/// <param name="experts">Maximum E over all layers.</param>
internal sealed class StepMeter(PipelineCosts costs, int sequences, int experts)
{
    private readonly LayerCount[] _counts = new LayerCount[sequences * costs.Layers];
    private readonly long[] _ticks = new long[costs.Slots];
    private readonly ExpertUse _used = new(1, experts);
    private readonly RowCost[] _exits = new RowCost[sequences];
    private readonly ExpertUse[] _usedBy = [.. Enumerable.Range(0, sequences).Select(_ => new ExpertUse(costs.Layers, experts))];
    private long _start;
    private long _last;
    private int _rows;
    private int _logitRows;

    public void Begin(Batch batch)
    {
        (_rows, _logitRows) = (batch.Rows, batch.LogitRowCount);
        Array.Clear(_ticks);
        if (costs.Exits is not null)
        {
            Array.Clear(_exits);
            TakePart(-1, batch);
        }

        foreach (CountedFigure counted in costs.Figures)
        {
            // Figures reported by a step that was not committed.
            foreach (BatchEntry entry in batch.Entries)
                counted.Figure.Take(entry.Sequence.Id);
        }

        _start = _last = Stopwatch.GetTimestamp();
    }

    /// <summary>Adds the time since the last stamp to a slot.</summary>
    /// <param name="slot">See <see cref="PipelineCosts.SlotOf"/>.</param>
    public void Stamp(int slot)
    {
        long now = Stopwatch.GetTimestamp();
        _ticks[slot] += now - _last;
        _last = now;
    }

    /// <summary>Counts rows of which a depth policy decided whether they leave, and those that left.</summary>
    /// <param name="index">The entry's index in the batch.</param>
    /// <param name="asked">Number of rows decided about.</param>
    /// <param name="left">Number of rows that left.</param>
    public void CountExits(int index, int asked, int left)
    {
        (RowCost leave, RowCost finish, RowCost sum) = (costs.Exits!.Leave, costs.Exits.Finish, _exits[index]);
        _exits[index] = new(sum.Flops + leave.Flops * asked + finish.Flops * left, sum.WeightBytes + leave.WeightBytes + (left > 0 ? finish.WeightBytes : 0));
    }

    /// <summary>Divides the layers after one among the sequences that pass through them; of those that are gone, keys at most are computed there.</summary>
    public void Divide(int layer, Batch passing, Batch gone)
    {
        TakePart(layer, passing);
        for (int i = 0; i < gone.Sequences; i++)
        {
            for (int after = layer + 1; after < costs.Layers; after++)
            {
                // The time of a layer is that of the rows that pass through it, if there are any.
                Count(gone.OriginOf(i), after) = new() { IsGone = true, IsAlone = passing.Rows == 0, Part = new(gone.Entries[i].FirstRow, gone.Entries[i].Rows, gone.Rows) };
                _usedBy[gone.OriginOf(i)].Clear(after);
            }
        }
    }

    /// <summary>Counts the keys of a layer, including the step's own.</summary>
    public void CountKeys(int layer, Batch batch)
    {
        for (int i = 0; i < batch.Sequences; i++)
        {
            ref readonly BatchEntry entry = ref batch.Entries[i];
            (int end, (int rows, int borderTokens)) = (entry.FirstPosition + entry.Rows, costs.KeyMass[layer]);
            ref LayerCount count = ref Count(batch.OriginOf(i), layer);
            count.Keys = entry.Sequence.Tables[layer].KeysSeen(entry.FirstPosition, end - 1, costs.Windows[layer]);
            // The review at the border that the rows reach reads keys again.
            count.KeyMassScores = rows > 0 && end % borderTokens == 0 ? entry.Sequence.Tables[layer].KeysSeen(end - rows, end - 1, costs.Windows[layer]).Scores : 0;
        }
    }

    /// <summary>Counts the entries of a checked plan, and divides what its experts read among them.</summary>
    public void CountPlan(int layer, Batch batch, in RoutingPlan plan)
    {
        ReadOnlySpan<int> offsets = plan.Offsets.AsSpan<int>();
        int all = offsets[batch.Rows], different = Different(plan.Experts.AsSpan<int>()[..all]);
        for (int i = 0; i < batch.Sequences; i++)
        {
            ref readonly BatchEntry entry = ref batch.Entries[i];
            int before = offsets[entry.FirstRow], own = offsets[entry.FirstRow + entry.Rows] - before;
            ref LayerCount count = ref Count(batch.OriginOf(i), layer);
            count.PlanEntries = own;
            ExpertUse used = _usedBy[batch.OriginOf(i)];
            used.Clear(layer);
            foreach (int expert in plan.Experts.AsSpan<int>().Slice(before, own))
                used.Add(layer, expert);
            long read = different * costs.Of(entry.Phase)[PipelineCosts.SlotOf(layer, Role.Experts)].Bytes.PerExpert;
            count.ExpertBytes = new RowShare(before, own, all).Of(read);
        }
    }

    /// <summary>Adds the cost of one entry of the step to its sequence's ledger.</summary>
    /// <param name="ledger">The sequence's.</param>
    /// <param name="index">The entry's index in the batch.</param>
    /// <param name="entry">The entry.</param>
    public void AddTo(Ledger ledger, int index, in BatchEntry entry)
    {
        ledger[entry.Phase].AddStep(entry.Rows, entry.LogitRows, _last - _start);
        for (int layer = 0; layer <= costs.Layers; layer++)
        {
            foreach (Role role in Role.All)
                ledger.Add(entry.Phase, PipelineCosts.SlotOf(layer, role), Of(index, entry, layer, role));
        }

        ledger.Used.Add(_usedBy[index]);
        ledger.TakeFigures(entry.Sequence.Id);
        Keep(ledger, entry.Sequence.Tables);
    }

    /// <summary>Records in a ledger what a sequence keeps.</summary>
    /// <param name="ledger">The sequence's.</param>
    /// <param name="tables">[L]: its pages.</param>
    public static void Keep(Ledger ledger, PageTable[] tables)
    {
        long bytes = 0;
        for (int layer = 0; layer < tables.Length; layer++)
        {
            PageTable table = tables[layer];
            bytes += table.KeptBytes;
            for (int head = 0; head < table.Layer.KvHeads; head++)
                ledger.KeepTokens(layer, head, table.KeptBy(head));
        }

        ledger.KeepBytes(bytes);
    }

    private Tally Of(int index, in BatchEntry entry, int layer, Role role)
    {
        int slot = PipelineCosts.SlotOf(layer, role);
        ref readonly RoleCosts cost = ref costs.Of(entry.Phase)[slot];
        LayerCount count = layer < costs.Layers ? Count(index, layer) : default;
        RowShare part = layer < costs.Layers && costs.Exits is not null ? count.Part : new(entry.FirstRow, entry.Rows, _rows);
        if (count.IsGone)
            return Filled(cost, role, part, count.IsAlone ? _ticks[slot] : 0);
        if (layer < costs.Layers && costs.Experts[layer] == 1)
            (count.PlanEntries, count.ExpertBytes) = (entry.Rows, part.Of(cost.Bytes.PerExpert));

        long once = part.Of(cost.Bytes.PerStep) + new RowShare(entry.FirstLogitRow, entry.LogitRows, _logitRows).Of(cost.Bytes.IfLogits);
        RowCost own = layer == costs.Layers && role == Role.Head ? BesideTheModel(index, entry) : default;
        return new()
        {
            Flops = own.Flops + cost.Flops(entry.Rows, count.PlanEntries, entry.LogitRows, role == Role.Cache ? count.KeyMassScores : count.Keys.Scores),
            WeightBytesRead = own.WeightBytes + once + cost.Bytes.PerRow * entry.Rows + (role == Role.Experts ? count.ExpertBytes : 0),
            KvBytesRead = role == Role.Attention ? count.Keys.Bytes : 0,
            KvBytesWritten = cost.BytesPerRow * entry.Rows,
            PlanEntries = role == Role.Experts ? count.PlanEntries : 0,
            Ticks = part.Of(_ticks[slot]),
        };
    }

    /// <summary>Of a row that left before a layer: its keys, if they are computed.</summary>
    private Tally Filled(in RoleCosts cost, Role role, RowShare part, long ticks) => new()
    {
        Flops = cost.Filled.Flops * part.Own,
        WeightBytesRead = part.Of(cost.Filled.WeightBytes),
        KvBytesWritten = role == Role.Cache && costs.Exits!.Fills ? cost.BytesPerRow * part.Own : 0,
        Ticks = part.Of(ticks),
    };

    /// <summary>What depth policy and drafter computed for an entry: a step of several rows that are decoded verifies a draft.</summary>
    private RowCost BesideTheModel(int index, in BatchEntry entry)
    {
        RowCost exits = _exits[index];
        int drafted = entry.Phase == Phase.Decode ? entry.Rows - 1 : 0;
        return new(exits.Flops + costs.Drafted.Flops * drafted, exits.WeightBytes + costs.Drafted.WeightBytes * drafted);
    }

    private void TakePart(int layer, Batch batch)
    {
        for (int i = 0; i < batch.Sequences; i++)
        {
            for (int after = layer + 1; after < costs.Layers; after++)
                Count(batch.OriginOf(i), after) = new() { Part = new(batch.Entries[i].FirstRow, batch.Entries[i].Rows, batch.Rows) };
        }
    }

    private ref LayerCount Count(int entry, int layer) => ref _counts[entry * costs.Layers + layer];

    private int Different(ReadOnlySpan<int> chosen)
    {
        _used.Clear(0);
        foreach (int expert in chosen)
            _used.Add(0, expert);

        return _used.Count(0);
    }

    /// <summary>A part of what all rows share: the shares of consecutive parts sum to the whole exactly.</summary>
    private readonly record struct RowShare(int Before, int Own, int All)
    {
        public long Of(long whole) => Own == All ? whole : Own == 0 ? 0 : whole * (Before + Own) / All - whole * Before / All;
    }

    private struct LayerCount
    {
        public RowShare Part;
        public bool IsGone, IsAlone;
        public KeyLoad Keys;
        public long KeyMassScores;
        public long PlanEntries;
        public long ExpertBytes;
    }
}
