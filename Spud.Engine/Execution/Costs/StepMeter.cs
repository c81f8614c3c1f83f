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
    private readonly ExpertUse[] _usedBy = [.. Enumerable.Range(0, sequences).Select(_ => new ExpertUse(costs.Layers, experts))];
    private long _start;
    private long _last;
    private int _rows;
    private int _logitRows;

    public void Begin(Batch batch)
    {
        (_rows, _logitRows) = (batch.Rows, batch.LogitRowCount);
        Array.Clear(_ticks);
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

    /// <summary>Counts the keys of a layer, including the step's own.</summary>
    public void CountKeys(int layer, Batch batch)
    {
        for (int i = 0; i < batch.Sequences; i++)
        {
            ref readonly BatchEntry entry = ref batch.Entries[i];
            (int end, (int rows, int borderTokens)) = (entry.FirstPosition + entry.Rows, costs.KeyMass[layer]);
            ref LayerCount count = ref Count(i, layer);
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
            ref LayerCount count = ref Count(i, layer);
            count.PlanEntries = own;
            _usedBy[i].Clear(layer);
            foreach (int expert in plan.Experts.AsSpan<int>().Slice(before, own))
                _usedBy[i].Add(layer, expert);
            long read = different * costs.Of(entry.Phase)[PipelineCosts.SlotOf(layer, Role.Experts)].Bytes.PerExpert;
            count.ExpertBytes = Share(read, before, own, all);
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
        if (layer < costs.Layers && costs.Experts[layer] == 1)
            (count.PlanEntries, count.ExpertBytes) = (entry.Rows, Share(cost.Bytes.PerExpert, entry.FirstRow, entry.Rows, _rows));

        long once = Share(cost.Bytes.PerStep, entry.FirstRow, entry.Rows, _rows) + Share(cost.Bytes.IfLogits, entry.FirstLogitRow, entry.LogitRows, _logitRows);
        return new()
        {
            Flops = cost.Flops(entry.Rows, count.PlanEntries, entry.LogitRows, role == Role.Cache ? count.KeyMassScores : count.Keys.Scores),
            WeightBytesRead = once + cost.Bytes.PerRow * entry.Rows + (role == Role.Experts ? count.ExpertBytes : 0),
            KvBytesRead = role == Role.Attention ? count.Keys.Bytes : 0,
            KvBytesWritten = cost.BytesPerRow * entry.Rows,
            PlanEntries = role == Role.Experts ? count.PlanEntries : 0,
            Ticks = Share(_ticks[slot], entry.FirstRow, entry.Rows, _rows),
        };
    }

    /// <summary>A share of a total: the shares of consecutive parts sum to it exactly.</summary>
    private static long Share(long whole, int before, int own, int all) =>
        own == all ? whole : own == 0 ? 0 : whole * (before + own) / all - whole * before / all;

    private ref LayerCount Count(int entry, int layer) => ref _counts[entry * costs.Layers + layer];

    private int Different(ReadOnlySpan<int> chosen)
    {
        _used.Clear(0);
        foreach (int expert in chosen)
            _used.Add(0, expert);

        return _used.Count(0);
    }

    private struct LayerCount
    {
        public KeyLoad Keys;
        public long KeyMassScores;
        public long PlanEntries;
        public long ExpertBytes;
    }
}
