using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Spud.Configuration;

namespace Spud.Metering;

/// <summary>
/// A request's bill: a pure function of its ledger and a price list. The same inputs give exactly the same receipt.
/// </summary>
public sealed record Receipt
{
    /// <summary>Version of this format.</summary>
    public int Format { get; init; } = 1;

    /// <summary>File name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>How the request ended.</summary>
    public required RequestOutcome Outcome { get; init; }

    /// <summary>Prompt tokens that were not read, because the text already contained them; they are free.</summary>
    public int ReusedTokens { get; init; }

    /// <summary>Position of the first prompt token that differs from the text of which it reused a part; null if nothing was reused, or all of that text was found in the prompt.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? FirstDifference { get; init; }

    /// <summary>Maximum cost; null for no limit.</summary>
    public required ReceiptLimit? Limit { get; init; }

    /// <summary>FLOPs in units of 10^9, exact.</summary>
    public required decimal ComputeUnits { get; init; }

    /// <summary>Weights, keys and values read, in 10^9 bytes.</summary>
    public required decimal GigabytesRead { get; init; }

    /// <summary>Keys and values multiplied by the time they were kept.</summary>
    public required decimal KvGigabyteSeconds { get; init; }

    /// <summary>Phases in which anything ran.</summary>
    public required ImmutableArray<ReceiptPhase> Phases { get; init; }

    /// <summary>Phases and roles in which anything ran.</summary>
    public required ImmutableArray<ReceiptLine> Lines { get; init; }

    /// <summary>[L]: tokens kept by each layer after the last step.</summary>
    public required ImmutableArray<int> KeptTokens { get; init; }

    /// <summary>Figures counted by components themselves, as reported by their plugins; they are not billed.</summary>
    public ImmutableArray<ReportedFigure> Reported { get; init; } = [];

    /// <summary>What kind of text it was, according to a component; null if none labels texts, or the text was too short.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TextLabel? Label { get; init; }

    /// <summary>Bytes of all experts used by any of its rows, each counted once, in 10^9; null for a dense model.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? ExpertGigabytesTouched { get; init; }

    /// <summary>What the scheduler's prices come to, in addition to <see cref="Charge"/>; null if it asked nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReceiptMarket? Market { get; init; }

    /// <summary>What drafts came to; null without a drafter.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReceiptDrafts? Drafts { get; init; }

    /// <summary>The charge; null without a price list.</summary>
    public required ReceiptCharge? Charge { get; init; }

    /// <summary>Creates a receipt.</summary>
    /// <param name="ledger">The request's ledger.</param>
    /// <param name="prices">The price list; null for no charge.</param>
    public static Receipt Of(Ledger ledger, PriceList? prices)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        return new()
        {
            Model = ledger.Model,
            Outcome = ledger.Outcome,
            ReusedTokens = ledger.ReusedTokens,
            FirstDifference = ledger.FirstDifference,
            Limit = ReceiptLimit.Of(ledger.Limit),
            ComputeUnits = ledger.ComputeUnits,
            GigabytesRead = ledger.Total.GigabytesRead,
            KvGigabyteSeconds = ledger.KvGigabyteSeconds,
            Phases = [.. Ran(ledger).Select(phase => ReceiptPhase.Of(phase, ledger))],
            Lines = [.. Ran(ledger).SelectMany(phase => Role.All.Select(role => ReceiptLine.Of(phase, role, prices))).OfType<ReceiptLine>(), .. DraftLines(ledger, prices)],
            KeptTokens = [.. Enumerable.Range(0, ledger.Layers).Select(layer => ledger.KeptTokens(layer))],
            Reported = ledger.Reported,
            Label = ledger.Label,
            ExpertGigabytesTouched = ledger.IsMixture ? ledger.ExpertBytesTouched / Tally.BytesPerGigabyte : null,
            Drafts = ledger.Drafts is { } drafts ? ReceiptDrafts.Of(drafts) : null,
            Market = ledger.Market is { } market ? ReceiptMarket.Of(market) : null,
            Charge = prices is null ? null : ReceiptCharge.Of(ledger, prices),
        };
    }

    private static IEnumerable<ReceiptLine> DraftLines(Ledger ledger, PriceList? prices) =>
        ledger.Drafts?.Model is { } model ? Ran(model).Select(phase => ReceiptLine.OfDraftModel(phase, prices)) : [];

    private static IEnumerable<PhaseLedger> Ran(Ledger ledger) => Enum.GetValues<Phase>().Select(phase => ledger[phase]).Where(phase => phase.Steps > 0);
}

/// <summary>A phase on a receipt.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Tokens">Rows.</param>
/// <param name="Steps">Steps in which they took part.</param>
/// <param name="LogitRows">Rows whose logits were computed.</param>
/// <param name="Seconds">Duration of the steps.</param>
/// <param name="ExpertsPerToken">[L]: average number of experts per token; null for a dense model.</param>
public sealed record ReceiptPhase(
    [property: JsonConverter(typeof(CamelCase<Phase>))] Phase Phase, long Tokens, long Steps, long LogitRows, double Seconds, ImmutableArray<double>? ExpertsPerToken)
{
    internal static ReceiptPhase Of(PhaseLedger phase, Ledger ledger) => new(
        phase.Phase, phase.Tokens, phase.Steps, phase.LogitRows, phase.WallTime.TotalSeconds,
        ledger.IsMixture ? [.. Enumerable.Range(0, ledger.Layers).Select(phase.ExpertsPerToken)] : null);
}

/// <summary>A role in a phase on a receipt.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Role">The role; "drafter" for all roles of a draft model.</param>
/// <param name="ComputeUnits">FLOPs in units of 10^9.</param>
/// <param name="GigabytesRead">Weights, keys and values read, in 10^9 bytes.</param>
/// <param name="KvGigabytesWritten">Keys and values written, in 10^9 bytes.</param>
/// <param name="Seconds">The request's share of the time.</param>
/// <param name="Amount">In the price list's currency, before allowance and minimum; null without a list.</param>
public sealed record ReceiptLine(
    [property: JsonConverter(typeof(CamelCase<Phase>))] Phase Phase, string Role, decimal ComputeUnits, decimal GigabytesRead, decimal KvGigabytesWritten, double Seconds, decimal? Amount)
{
    /// <summary>Null if nothing ran.</summary>
    internal static ReceiptLine? Of(PhaseLedger phase, Role role, PriceList? prices)
    {
        Tally work = phase.Of(role);
        return work with { Ticks = 0 } == default ? null : new(
            phase.Phase, role.Name, work.ComputeUnits, work.GigabytesRead, work.KvBytesWritten / Tally.BytesPerGigabyte, work.Time.TotalSeconds,
            prices?.AmountOf(phase.Phase, role, work));
    }

    /// <summary>All roles of a draft model, each at its own price.</summary>
    internal static ReceiptLine OfDraftModel(PhaseLedger phase, PriceList? prices)
    {
        Tally work = phase.Total;
        return new(
            phase.Phase, Roles.Drafter, work.ComputeUnits, work.GigabytesRead, work.KvBytesWritten / Tally.BytesPerGigabyte, work.Time.TotalSeconds,
            prices is null ? null : Configuration.Role.All.Sum(role => prices.AmountOf(phase.Phase, role, phase.Of(role))));
    }
}

/// <summary>The limit on a receipt: either compute or money.</summary>
/// <param name="ComputeUnits">FLOPs in units of 10^9.</param>
/// <param name="Amount">Amount of money.</param>
/// <param name="Currency">Currency of the amount.</param>
public sealed record ReceiptLimit(decimal? ComputeUnits, decimal? Amount, string? Currency)
{
    internal static ReceiptLimit? Of(Budget? budget) => budget is null ? null : new(budget.ComputeUnits, budget.Amount, budget.Prices?.Currency);
}

/// <summary>The charge for a request.</summary>
/// <param name="PriceList">The list's name.</param>
/// <param name="Version">The list's version.</param>
/// <param name="Currency">The list's currency.</param>
/// <param name="Work">Sum of the lines.</param>
/// <param name="Kept">Price of keys and values by the time they were kept.</param>
/// <param name="Free">The part of the allowance that was used.</param>
/// <param name="MinimumCharge">Minimum charge of the list.</param>
/// <param name="Total">Work and kept minus the allowance, and at least the minimum if anything is left; rounded according to the list.</param>
public sealed record ReceiptCharge(string PriceList, string Version, string Currency, decimal Work, decimal Kept, decimal Free, decimal MinimumCharge, decimal Total)
{
    internal static ReceiptCharge Of(Ledger ledger, PriceList prices)
    {
        decimal work = prices.AmountOf(ledger, 0) + (ledger.Drafts?.Model is { } model ? prices.AmountOf(model, 0) : 0), kept = ledger.KvGigabyteSeconds * prices.PerGigabyteSecondKept;
        decimal total = prices.Rounded(prices.ChargeFor(work + kept));
        return new(prices.Name, prices.Version, prices.Currency, work, kept, Math.Min(prices.FreeAmount, work + kept), prices.MinimumCharge, total);
    }
}

/// <summary>What the scheduler's prices come to.</summary>
/// <param name="Amount">Sum of price times compute, exact.</param>
/// <param name="Prices">Prices at which compute was billed, in ascending order.</param>
public sealed record ReceiptMarket(decimal Amount, ImmutableArray<ReceiptPrice> Prices)
{
    internal static ReceiptMarket Of(MarketCharge market) => new(market.Amount, market.Prices);
}

/// <summary>What drafts came to.</summary>
/// <param name="Prefer">What their lengths were chosen for.</param>
/// <param name="Steps">Steps that generated tokens, with drafts or without.</param>
/// <param name="Asked">Calls of the drafter; in the other steps no draft was expected to pay.</param>
/// <param name="TokensPerStep">Mean number of tokens that a step added to the text.</param>
/// <param name="Drafted">Drafted tokens that were verified.</param>
/// <param name="Accepted">Those of them that are part of the text.</param>
/// <param name="Acceptance">For each position in a draft, accepted tokens by drafted ones.</param>
/// <param name="RejectedComputeUnits">The part of the compute that rejected rows took, in units of 10^9 FLOPs; it is billed like any other.</param>
public sealed record ReceiptDrafts(DraftPreference Prefer, long Steps, long Asked, double TokensPerStep, long Drafted, long Accepted, ImmutableArray<double> Acceptance, decimal RejectedComputeUnits)
{
    /// <summary>Of a ledger.</summary>
    public static ReceiptDrafts Of(DraftLedger drafts)
    {
        ArgumentNullException.ThrowIfNull(drafts);
        return new(drafts.Prefer, drafts.Steps, drafts.Asked, drafts.TokensPerStep, drafts.Drafted, drafts.Accepted, drafts.Acceptance, drafts.RejectedFlops / Tally.FlopsPerUnit);
    }
}

/// <summary>Compute that was billed at one price.</summary>
/// <param name="PricePerCu">Money per CU.</param>
/// <param name="ComputeUnits">FLOPs in units of 10^9.</param>
public sealed record ReceiptPrice(decimal PricePerCu, decimal ComputeUnits);
