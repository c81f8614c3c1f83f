using Spud.Configuration;
using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// Computes before each step the maximum cost of a sequence's rows: every row with the maximum number of experts that its router allows, alone in its
/// step, over the keys that are kept. The actual cost can only be lower. Nothing is allocated unless something is refused.
/// </summary>
/// <param name="costs">Costs of the pipeline.</param>
/// <param name="rowsPerStep">Maximum number of rows per step.</param>
internal sealed class BudgetGuard(PipelineCosts costs, int rowsPerStep)
{
    private readonly Tally[] _bound = new Tally[Role.All.Length];

    /// <summary>Whether this many rows fit the sequence's remaining budget.</summary>
    public bool Affords(Sequence sequence, Phase phase, int rows, int logitRows) =>
        sequence.Ledger.Limit is not { } limit || Fits(sequence.Ledger, limit, CostOf(sequence, limit, phase, rows, logitRows, least: false));

    /// <summary>Holds what this many rows may cost: others that spend from the same limit leave it.</summary>
    public void Hold(Sequence sequence, Phase phase, int rows, int logitRows)
    {
        if (sequence.Ledger.Limit is not { } limit)
            return;

        Cost cost = CostOf(sequence, limit, phase, rows, logitRows, least: false);
        sequence.Ledger.Hold(cost.Flops, cost.Amount);
    }

    /// <summary>Refuses a step in which the rows of a sequence might exceed its budget; sequences that share a limit are added up.</summary>
    /// <exception cref="BudgetExceededException">The budget might be exceeded.</exception>
    public void Require(ReadOnlySpan<BatchEntry> entries)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly BatchEntry entry = ref entries[i];
            if (entry.Sequence.Ledger.Limit is { } limit)
                Require(entry.Sequence, entry.Phase, entry.Rows, entry.LogitRows, CostOf(entries[..i], entry.Sequence.Ledger, limit));
        }
    }

    /// <summary>Refuses rows that might exceed the budget.</summary>
    /// <exception cref="BudgetExceededException">The budget might be exceeded.</exception>
    public void Require(Sequence sequence, Phase phase, int rows, int logitRows) => Require(sequence, phase, rows, logitRows, default);

    private void Require(Sequence sequence, Phase phase, int rows, int logitRows, Cost others)
    {
        Ledger ledger = sequence.Ledger;
        if (ledger.Limit is not { } limit)
            return;

        Cost cost = others + CostOf(sequence, limit, phase, rows, logitRows, least: false);
        if (Fits(ledger, limit, cost))
            return;

        decimal spent = Spent(ledger, limit);
        decimal more = limit.Prices is { } prices ? prices.Rounded(prices.ChargeFor(ledger.SharedAmount(prices) + cost.Amount)) - spent : cost.Flops / Tally.FlopsPerUnit;
        string what = phase == Phase.Prefill ? $"Reading a text of {rows} tokens" : rows == 1 ? "The next token" : $"The next {rows} tokens";
        throw new BudgetExceededException(what, more, (limit.ComputeUnits ?? limit.Amount!.Value) - spent, limit, sequence);
    }

    /// <summary>
    /// The remaining budget per expected token, as effort: 0 if it is the cost of a token with the minimum number of experts, 1 if it covers the
    /// maximum or if there is no choice.
    /// </summary>
    /// <param name="sequence">The sequence about to decode.</param>
    /// <param name="expectedTokens">At least 1.</param>
    public float Effort(Sequence sequence, int expectedTokens)
    {
        if (sequence.Ledger.Limit is not { } limit)
            return 1;

        decimal least = RowCost(sequence, limit, least: true), most = RowCost(sequence, limit, least: false);
        decimal share = ((limit.ComputeUnits ?? limit.Amount!.Value) - Spent(sequence.Ledger, limit)) / expectedTokens;
        return share >= most || least == most ? 1 : (float)Math.Max(0, (share - least) / (most - least));
    }

    private decimal RowCost(Sequence sequence, Budget limit, bool least)
    {
        Cost cost = CostOf(sequence, limit, Phase.Decode, 1, 1, least);
        return limit.Prices is null ? cost.Flops / Tally.FlopsPerUnit : cost.Amount;
    }

    private static decimal Spent(Ledger ledger, Budget limit) =>
        limit.Prices is { } prices ? prices.ChargeFor(ledger.SharedAmount(prices)) : ledger.SharedFlops / Tally.FlopsPerUnit;

    // Computed as on the receipt: rounding up must not exceed the budget either.
    private static bool Fits(Ledger ledger, Budget limit, Cost cost) => limit.Prices is { } prices
        ? prices.Rounded(prices.ChargeFor(ledger.SharedAmount(prices) + cost.Amount)) <= limit.Amount
        : cost.Flops <= limit.Flops - ledger.SharedFlops;

    /// <summary>Cost of the entries that share the ledger's limit.</summary>
    private Cost CostOf(ReadOnlySpan<BatchEntry> entries, Ledger ledger, Budget limit)
    {
        Cost sum = default;
        foreach (ref readonly BatchEntry entry in entries)
        {
            if (entry.Sequence.Ledger.SharesLimitWith(ledger))
                sum += CostOf(entry.Sequence, limit, entry.Phase, entry.Rows, entry.LogitRows, least: false);
        }

        return sum;
    }

    private Cost CostOf(Sequence sequence, Budget limit, Phase phase, int rows, int logitRows, bool least)
    {
        Bound(sequence, phase, rows, logitRows, least);
        long flops = 0;
        foreach (ref readonly Tally tally in _bound.AsSpan())
            flops += tally.Flops;

        return new(flops, limit.Prices is { } prices ? Amount(prices, phase) : 0);
    }

    private decimal Amount(PriceList prices, Phase phase)
    {
        decimal sum = 0;
        foreach (Role role in Role.All)
            sum += prices.AmountOf(phase, role, _bound[role.Slot]);

        return sum;
    }

    // A long text is read in several steps, each of which reads the weights; logits are those of the last rows.
    private void Bound(Sequence sequence, Phase phase, int rows, int logitRows, bool least)
    {
        Array.Clear(_bound);
        for (int done = 0; done < rows; done += rowsPerStep)
        {
            int now = Math.Min(rowsPerStep, rows - done);
            AddStep(sequence, phase, sequence.Tokens + done, now, Math.Clamp(logitRows - (rows - done - now), 0, now), least);
        }
    }

    private void AddStep(Sequence sequence, Phase phase, int first, int rows, int logitRows, bool least)
    {
        _bound[Role.Head.Slot] += BesideTheModel(phase, rows, least);
        for (int layer = 0; layer <= costs.Layers; layer++)
        {
            if (least && phase == Phase.Decode && costs.Exits is { } exits && layer > exits.FirstLayer && layer < costs.Layers)
            {
                RowCost filled = costs.Of(phase)[PipelineCosts.SlotOf(layer, Role.Attention)].Filled;
                _bound[Role.Attention.Slot] += new Tally { Flops = filled.Flops * rows, WeightBytesRead = filled.WeightBytes };
                continue;
            }

            long entries = layer == costs.Layers ? 0 : (long)rows * (least ? costs.MinEntries : costs.MaxEntries)[(int)phase][layer];
            KeyLoad keys = layer == costs.Layers ? default : sequence.Tables[layer].KeysToBeSeen(first, first + rows - 1, costs.Windows[layer]);
            foreach (Role role in Role.All)
            {
                ref readonly RoleCosts cost = ref costs.Of(phase)[PipelineCosts.SlotOf(layer, role)];
                _bound[role.Slot] += new Tally
                {
                    Flops = cost.Flops(rows, entries, logitRows, role == Role.Cache ? KeyMassScores(layer, first, rows) : keys.Scores),
                    WeightBytesRead = cost.Bytes.For(rows, layer == costs.Layers ? 0 : Math.Min(entries, costs.Experts[layer]), logitRows > 0),
                    KvBytesRead = role == Role.Attention ? keys.Bytes : 0,
                };
            }
        }
    }

    /// <summary>What depth policy and drafter may compute for rows: every row may leave, and be asked at every exit.</summary>
    private Tally BesideTheModel(Phase phase, int rows, bool least)
    {
        if (phase != Phase.Decode)
            return default;

        (long flops, long bytes) = (costs.Drafted.Flops * (rows - 1), costs.Drafted.WeightBytes * (rows - 1));
        if (costs.Exits is { } exits)
        {
            int asked = least ? 1 : exits.Count;
            flops += rows * (asked * exits.Leave.Flops + exits.Finish.Flops);
            bytes += asked * exits.Leave.WeightBytes + exits.Count * exits.Finish.WeightBytes;
        }

        return new() { Flops = flops, WeightBytesRead = bytes };
    }

    /// <summary>Upper bound of the keys read by the reviews at the borders that rows reach, if nothing is dropped.</summary>
    private long KeyMassScores(int layer, int first, int rows)
    {
        if (layer == costs.Layers || costs.KeyMass[layer].Rows == 0)
            return 0;

        (int noted, int borderTokens) = costs.KeyMass[layer];
        long borders = (first + rows) / borderTokens - first / borderTokens;
        return borders * noted * (first + rows) * costs.KvHeads[layer];
    }

    /// <param name="Flops">FLOPs, for a limit on compute.</param>
    /// <param name="Amount">Amount, for a limit on money, before allowance and minimum.</param>
    private readonly record struct Cost(long Flops, decimal Amount)
    {
        public static Cost operator +(Cost a, Cost b) => new(a.Flops + b.Flops, a.Amount + b.Amount);
    }
}
