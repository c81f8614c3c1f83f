using System.Collections.Immutable;
using System.Diagnostics;
using Spud.Configuration;

namespace Spud.Metering;

/// <summary>
/// Cost of a request, counted by the engine from the shapes, plans and pages of the steps that actually ran: of all committed steps, and
/// nothing else. It can be read at any time, even after the sequence has ended.
/// </summary>
public sealed class Ledger
{
    private readonly PipelineCosts _costs;
    private readonly PhaseLedger[] _phases;
    private readonly int[] _kept;
    private readonly double[] _figures;
    private readonly int[][] _keptByHead;
    private readonly List<Ledger> _sharers;
    private Int128 _byteTicks;
    private long _last, _flops, _heldFlops;
    private decimal _heldAmount;

    /// <param name="costs">Costs of the pipeline.</param>
    /// <param name="limit">Limit that is never exceeded; null if none.</param>
    /// <param name="sharer">Ledger of the sequence that this one was forked from, if both spend from one limit; null if the limit is this ledger's alone.</param>
    internal Ledger(PipelineCosts costs, Budget? limit, Ledger? sharer = null)
    {
        _sharers = sharer?._sharers ?? [];
        _sharers.Add(this);
        (_costs, Limit, _last) = (costs, limit, Stopwatch.GetTimestamp());
        _kept = new int[costs.Layers];
        _keptByHead = [.. costs.KvHeads.Select(heads => new int[heads])];
        _phases = [.. Enum.GetValues<Phase>().Select(phase => new PhaseLedger(phase, costs))];
        _figures = new double[costs.Figures.Length];
        Used = new ExpertUse(costs.Layers, costs.Experts.Max());
    }

    /// <summary>File name of the model.</summary>
    public string Model => _costs.Model;

    /// <summary>Maximum cost of the request, including its forks; null for no limit.</summary>
    public Budget? Limit { get; }

    /// <summary>How the request ended, as set by its owner.</summary>
    public RequestOutcome Outcome { get; private set; }

    /// <summary>Prompt tokens that were not read, because the text already contained them.</summary>
    public int ReusedTokens { get; internal set; }

    /// <summary>Position of the first prompt token that differs from the text of which it reused a part; null if nothing was reused, or all of that text was found in the prompt.</summary>
    public int? FirstDifference { get; internal set; }

    /// <summary>L.</summary>
    public int Layers => _costs.Layers;

    /// <summary>Whether any layer has more than one expert.</summary>
    public bool IsMixture => _costs.Experts.Any(static experts => experts > 1);

    /// <summary>The counts of a phase.</summary>
    public PhaseLedger this[Phase phase] => _phases[(int)phase];

    /// <summary>Total of both phases, and of a draft model.</summary>
    public Tally Total => this[Phase.Prefill].Total + this[Phase.Decode].Total + (Drafts?.Model?.Total ?? default);

    /// <summary>Rows of both phases.</summary>
    public long Tokens => this[Phase.Prefill].Tokens + this[Phase.Decode].Tokens;

    /// <summary>FLOPs of both phases, and of a draft model.</summary>
    public long Flops => _flops + (Drafts?.Model?.Flops ?? 0);

    /// <summary>FLOPs in units of 10^9, exact.</summary>
    public decimal ComputeUnits => Flops / Tally.FlopsPerUnit;

    /// <summary>Bytes of the keys and values kept by the sequence after its last step; shared pages count for each sharer.</summary>
    public long KeptBytes { get; private set; }

    /// <summary>Kept bytes multiplied by the time they were kept, from one step to the next, in gigabytes (10^9) and seconds; including those of a draft model.</summary>
    public decimal KvGigabyteSeconds => GigabyteSeconds(_byteTicks) + (Drafts?.Model?.KvGigabyteSeconds ?? 0);

    /// <summary>Figures counted by components themselves; they are not billed.</summary>
    public ImmutableArray<ReportedFigure> Reported =>
        [.. _costs.Figures.Select((reported, i) => new ReportedFigure(reported.Role, reported.Component, reported.Figure.Name, _figures[i]))];

    /// <summary>Number of distinct experts of a layer used by any row; 0 in a dense layer.</summary>
    public int ExpertsTouched(int layer) => Used.Count(layer);

    /// <summary>Bytes of all experts used by any row, each counted once: what the request needs in memory, or in a cache, to run fast. Dense layers do not count.</summary>
    public long ExpertBytesTouched
    {
        get
        {
            long bytes = 0;
            for (int layer = 0; layer < Layers; layer++)
                bytes += ExpertsTouched(layer) * _costs.Of(Phase.Decode)[PipelineCosts.SlotOf(layer, Role.Experts)].Bytes.PerExpert;

            return bytes;
        }
    }

    internal ExpertUse Used { get; }

    /// <summary>FLOPs of all requests that spend from the same limit.</summary>
    internal long SharedFlops
    {
        get
        {
            long flops = 0;
            foreach (Ledger sharer in _sharers)
                flops += sharer._flops + sharer._heldFlops;

            return flops;
        }
    }

    /// <summary>Cost so far of all requests that spend from the same limit, before allowance and minimum.</summary>
    internal decimal SharedAmount(PriceList prices)
    {
        decimal amount = 0;
        foreach (Ledger sharer in _sharers)
            amount += prices.AmountOf(sharer, sharer.KvGigabyteSecondsNow) + sharer._heldAmount;

        return amount;
    }

    internal bool SharesLimitWith(Ledger other) => _sharers == other._sharers;

    /// <summary>Counts a cost as spent until it is called again: others that spend from the same limit leave it.</summary>
    /// <param name="flops">0 for none.</param>
    /// <param name="amount">Before allowance and minimum; 0 for none.</param>
    internal void Hold(long flops, decimal amount) => (_heldFlops, _heldAmount) = (flops, amount);

    /// <summary>Gigabyte-seconds up to now, without a draft model.</summary>
    internal decimal KvGigabyteSecondsNow => GigabyteSeconds(_byteTicks + Held(Stopwatch.GetTimestamp()));

    /// <summary>What kind of text this is, according to a component at its last border; null if none labels texts, or not yet.</summary>
    public TextLabel? Label { get; internal set; }

    /// <summary>Tokens kept by a layer after the last step; if its KV heads differ, the maximum over the heads.</summary>
    public int KeptTokens(int layer) => _kept[layer];

    /// <summary>Tokens kept by a KV head of a layer after the last step.</summary>
    public int KeptTokens(int layer, int head) => _keptByHead[layer][head];

    /// <summary>What the scheduler's prices come to; null if none was above 0.</summary>
    public MarketCharge? Market { get; private set; }

    /// <summary>What drafts came to; null without a drafter.</summary>
    public DraftLedger? Drafts { get; private set; }

    /// <summary>Counts drafts from now on.</summary>
    internal void CountDrafts(DraftPreference prefer) => Drafts ??= new(prefer);

    /// <summary>Charges compute that was billed at a scheduler's price.</summary>
    /// <param name="pricePerCu">In nano-units.</param>
    /// <param name="flops">FLOPs.</param>
    internal void ChargeMarket(long pricePerCu, long flops)
    {
        if (flops > 0 && (pricePerCu > 0 || Market is not null))
            (Market ??= new()).Add(pricePerCu, flops);
    }

    /// <summary>Sets how the request ended; this does not affect the counts.</summary>
    public void Close(RequestOutcome outcome) => Outcome = outcome;

    /// <summary>Adds the work of a role in a layer of a step.</summary>
    internal void Add(Phase phase, int slot, in Tally tally)
    {
        _phases[(int)phase].Add(slot, tally);
        _flops += tally.Flops;
    }

    /// <summary>Adds what components counted for a sequence since the last call.</summary>
    internal void TakeFigures(int sequence)
    {
        for (int i = 0; i < _figures.Length; i++)
            _figures[i] += _costs.Figures[i].Figure.Take(sequence);
    }

    /// <summary>Bills the bytes kept until now, and records how many are kept from now on.</summary>
    internal void KeepBytes(long bytes)
    {
        long now = Stopwatch.GetTimestamp();
        _byteTicks += Held(now);
        (_last, KeptBytes) = (now, bytes);
    }

    /// <summary>Records how many tokens a KV head of a layer keeps; heads must be given in order.</summary>
    internal void KeepTokens(int layer, int head, int tokens)
    {
        _keptByHead[layer][head] = tokens;
        _kept[layer] = head == 0 ? tokens : Math.Max(_kept[layer], tokens);
    }

    private Int128 Held(long now) => (Int128)KeptBytes * (now - _last);

    private static decimal GigabyteSeconds(Int128 byteTicks) => (decimal)byteTicks / Stopwatch.Frequency / Tally.BytesPerGigabyte;
}
