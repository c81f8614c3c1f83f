using Spud.Runtime.Composition;
using Spud.Runtime.Execution;

namespace Spud.Runtime.Metering;

/// <summary>
/// Knows before each step what a sequence's rows may cost at most: every row with the most experts that its router can name, alone in its
/// step, over the keys that are kept. What ran can only be less. Nothing is allocated unless something is refused.
/// </summary>
/// <param name="costs">Of the pipeline.</param>
/// <param name="rowsPerStep">Most rows of a step.</param>
internal sealed class BudgetGuard(PipelineCosts costs, int rowsPerStep)
{
    private readonly Tally[] _bound = new Tally[Roles.All.Length];

    /// <summary>Whether so many rows fit what the sequence's budget has left.</summary>
    public bool Affords(Sequence sequence, Phase phase, int rows, int logitRows)
    {
        if (sequence.Ledger.Limit is not { } limit)
            return true;

        Bound(sequence, phase, rows, logitRows, least: false);
        return limit.Prices is null ? Flops() <= limit.Flops - sequence.Ledger.Flops : Charge(sequence.Ledger, limit.Prices, phase) <= limit.Amount;
    }

    /// <summary>Refuses rows that might exceed the budget.</summary>
    /// <exception cref="BudgetExceededException">They might.</exception>
    public void Require(Sequence sequence, Phase phase, int rows, int logitRows)
    {
        if (Affords(sequence, phase, rows, logitRows))
            return;

        Ledger ledger = sequence.Ledger;
        Budget limit = ledger.Limit!;
        decimal spent = Spent(ledger, limit), cost = limit.Prices is { } prices ? Charge(ledger, prices, phase) - spent : Flops() / Tally.FlopsPerUnit;
        string what = phase == Phase.Prefill ? $"Reading a text of {rows} tokens" : rows == 1 ? "The next token" : $"The next {rows} tokens";
        throw new BudgetExceededException(what, cost, (limit.ComputeUnits ?? limit.Amount!.Value) - spent, limit);
    }

    /// <summary>
    /// What is left per expected token, as effort: 0 where that is the cost of a token with the fewest experts, 1 where it suffices for the most
    /// or where there is nothing to choose.
    /// </summary>
    /// <param name="sequence">About to decode.</param>
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
        Bound(sequence, Phase.Decode, 1, 1, least);
        return limit.Prices is { } prices ? Amount(prices, Phase.Decode) : Flops() / Tally.FlopsPerUnit;
    }

    private static decimal Spent(Ledger ledger, Budget limit) =>
        limit.Prices is { } prices ? prices.ChargeFor(prices.AmountOf(ledger, ledger.KvGigabyteSecondsNow)) : ledger.ComputeUnits;

    private long Flops()
    {
        long sum = 0;
        foreach (ref readonly Tally tally in _bound.AsSpan())
            sum += tally.Flops;

        return sum;
    }

    // As the receipt will state it: rounding up must not exceed the budget either.
    private decimal Charge(Ledger ledger, PriceList prices, Phase phase) =>
        prices.Rounded(prices.ChargeFor(prices.AmountOf(ledger, ledger.KvGigabyteSecondsNow) + Amount(prices, phase)));

    private decimal Amount(PriceList prices, Phase phase)
    {
        decimal sum = 0;
        for (RoleSlot role = RoleSlot.Head; role <= RoleSlot.Experts; role++)
            sum += prices.AmountOf(phase, role, _bound[(int)role]);

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
        for (int layer = 0; layer <= costs.Layers; layer++)
        {
            long entries = layer == costs.Layers ? 0 : (long)rows * (least ? costs.LeastEntries : costs.MostEntries)[(int)phase][layer];
            KeyCount keys = layer == costs.Layers ? default : sequence.Tables[layer].KeysToBeSeen(first, first + rows - 1, costs.Windows[layer]);
            for (RoleSlot role = RoleSlot.Head; role <= RoleSlot.Experts; role++)
            {
                ref readonly RoleCosts cost = ref costs.Of(phase)[PipelineCosts.SlotOf(layer, role)];
                _bound[(int)role] += new Tally
                {
                    Flops = cost.Flops(rows, entries, logitRows, keys.Seen),
                    WeightBytesRead = cost.Bytes.For(rows, layer == costs.Layers ? 0 : Math.Min(entries, costs.Experts[layer]), logitRows > 0),
                    KvBytesRead = cost.BytesPerKey * keys.Read,
                };
            }
        }
    }
}
