using System.Text.Json.Serialization;
using Spud.Metering;

namespace Spud.Server.Generation;

/// <summary>What an answer took.</summary>
/// <param name="PromptTokens">Length of the prompt.</param>
/// <param name="CompletionTokens">Generated tokens of all choices.</param>
internal sealed record Usage(int PromptTokens, int CompletionTokens)
{
    /// <summary>Sum of both.</summary>
    public int TotalTokens => PromptTokens + CompletionTokens;

    /// <summary>Of the prompt.</summary>
    public required PromptDetails PromptTokensDetails { get; init; }

    /// <summary>Of the answer.</summary>
    public required CompletionDetails CompletionTokensDetails { get; init; }

    /// <summary>Compute: ours, clients ignore it.</summary>
    public required ComputeUsage Compute { get; init; }

    /// <summary>The usage of finished choices.</summary>
    /// <param name="choices">At least one.</param>
    /// <param name="prices">The server's prices; null if it has none.</param>
    /// <param name="perPrompt">Number of choices of each prompt, which come one after another; null for all: a prompt counts once.</param>
    public static Usage Of(IReadOnlyList<Choice> choices, PriceList? prices, int? perPrompt = null) => new(
        choices.Chunk(perPrompt ?? choices.Count).Sum(static prompt => prompt[0].Request.PromptTokens),
        choices.Sum(static choice => choice.Request.GeneratedTokens))
    {
        PromptTokensDetails = new(choices.Chunk(perPrompt ?? choices.Count).Sum(static prompt => prompt.Min(static choice => choice.Request.ReusedTokens))),
        CompletionTokensDetails = new(choices.Sum(static choice => choice.ReasoningTokens)),
        Compute = ComputeUsage.Of([.. choices.Select(static choice => choice.Request.Ledger).OfType<Ledger>()], prices),
    };
}

/// <summary>Details of the prompt's tokens.</summary>
/// <param name="CachedTokens">Tokens that were not read again.</param>
internal sealed record PromptDetails(int CachedTokens)
{
    /// <summary>None: prompts are text.</summary>
    public int AudioTokens => 0;
}

/// <summary>Details of the answer's tokens.</summary>
/// <param name="ReasoningTokens">Tokens of the reasoning.</param>
internal sealed record CompletionDetails(int ReasoningTokens)
{
    /// <summary>None: answers are text.</summary>
    public int AudioTokens => 0;

    /// <summary>None: predictions are refused.</summary>
    public int AcceptedPredictionTokens => 0;

    /// <summary>None, likewise.</summary>
    public int RejectedPredictionTokens => 0;
}

/// <summary>Compute of an answer.</summary>
/// <param name="ComputeUnits">10^9 FLOP each, counted by the engine.</param>
/// <param name="ByRole">The same by role.</param>
/// <param name="ReusedTokens">Prompt tokens that cost nothing.</param>
/// <param name="Outcome">How the requests ended; the first that did not finish normally.</param>
internal sealed record ComputeUsage(decimal ComputeUnits, IReadOnlyDictionary<string, decimal> ByRole, int ReusedTokens, string Outcome)
{
    /// <summary>Mean number of experts that a token used, over layers; null for a dense model.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? ExpertsPerToken { get; init; }

    /// <summary>The price; null without a price list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ComputePrice? Price { get; init; }

    /// <summary>What the scheduler's prices come to, in addition to <see cref="Price"/>; null if it asked nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? Market { get; init; }

    /// <summary>The compute of finished requests.</summary>
    public static ComputeUsage Of(IReadOnlyList<Ledger> ledgers, PriceList? prices)
    {
        Receipt[] receipts = [.. ledgers.Select(ledger => Receipt.Of(ledger, prices))];
        return new(
            receipts.Sum(static receipt => receipt.ComputeUnits),
            receipts.SelectMany(static receipt => receipt.Lines).GroupBy(static line => line.Role).ToDictionary(static role => role.Key, static role => role.Sum(static line => line.ComputeUnits)),
            receipts.Sum(static receipt => receipt.ReusedTokens),
            Name(receipts.Select(static receipt => receipt.Outcome).FirstOrDefault(static outcome => outcome != RequestOutcome.Finished, RequestOutcome.Finished)))
        {
            ExpertsPerToken = Experts([.. receipts.SelectMany(static receipt => receipt.Phases)]),
            Price = ComputePrice.Of([.. receipts.Select(static receipt => receipt.Charge).OfType<ReceiptCharge>()]),
            Market = receipts.Any(static receipt => receipt.Market is not null) ? receipts.Sum(static receipt => receipt.Market?.Amount ?? 0) : null,
        };
    }

    /// <summary>The name of an outcome in the API.</summary>
    public static string Name(RequestOutcome outcome) => outcome == RequestOutcome.StoppedByBudget ? "stopped_by_budget" : $"{outcome}".ToLowerInvariant();

    private static double? Experts(ReceiptPhase[] phases)
    {
        (double entries, long tokens) = (0, 0);
        foreach (ReceiptPhase phase in phases)
        {
            if (phase.ExpertsPerToken is not { Length: > 0 } layers)
                continue;

            entries += layers.Average() * phase.Tokens;
            tokens += phase.Tokens;
        }

        return tokens == 0 ? null : Math.Round(entries / tokens, 4);
    }
}

/// <summary>The price of an answer.</summary>
/// <param name="Amount">Rounded as the list says.</param>
/// <param name="Currency">Three letters.</param>
/// <param name="PriceList">Name of the list.</param>
/// <param name="Version">Version of the list.</param>
internal sealed record ComputePrice(decimal Amount, string Currency, string PriceList, string Version)
{
    /// <summary>The sum of charges of one list; null if there are none.</summary>
    public static ComputePrice? Of(IReadOnlyList<ReceiptCharge> charges) =>
        charges is [{ } first, ..] ? new(charges.Sum(static charge => charge.Total), first.Currency, first.PriceList, first.Version) : null;
}
