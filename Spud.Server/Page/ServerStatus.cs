using Spud.Accounts;
using Spud.Generation;
using Spud.Metering;
using Spud.Server.Generation;
using Spud.Server.Models;

namespace Spud.Server.Page;

/// <summary>What the server does now, as the caller may see it.</summary>
/// <param name="State">"ok", or why requests are not answered.</param>
/// <param name="Answers">Answers that clients wait for.</param>
/// <param name="Models">All models.</param>
/// <param name="Samples">The past, one sample per second.</param>
/// <param name="Account">The caller's account; null without accounts.</param>
/// <param name="Jobs">The caller's texts that are waiting or being generated.</param>
/// <param name="Receipts">The caller's last receipts, the newest first.</param>
internal sealed record ServerStatus(string State, int Answers, ModelStatus[] Models, StatusSample[] Samples, AccountStatus? Account, JobStatusView[] Jobs, ReceiptStatus[] Receipts);

/// <summary>A model.</summary>
/// <param name="Name">The name that requests use.</param>
/// <param name="MemoryBytes">What it takes in memory when its context is full, in bytes; null until it was asked for.</param>
/// <param name="Loop">Its loop; null if it is not in memory.</param>
internal sealed record ModelStatus(string Name, long? MemoryBytes, LoopView? Loop);

/// <summary>The loop of a model.</summary>
/// <param name="Waiting">Requests that wait for room.</param>
/// <param name="Running">Requests that are read or generate.</param>
/// <param name="Pages">Pages of keys and values.</param>
/// <param name="FreePages">Pages that hold nothing.</param>
/// <param name="KeptPages">Pages that hold texts of requests that have ended.</param>
/// <param name="KeptTexts">Number of these texts.</param>
/// <param name="Prices">What the scheduler asks; null if it asks nothing.</param>
internal sealed record LoopView(int Waiting, int Running, long Pages, long FreePages, long KeptPages, int KeptTexts, PriceStatus? Prices)
{
    /// <summary>The view of a loop's status.</summary>
    public static LoopView Of(in LoopStatus status) =>
        new(status.Waiting, status.Running, status.Pages, status.FreePages, status.KeptPages, status.KeptTexts, PriceStatus.Of(status.Prices));
}

/// <summary>Prices per CU.</summary>
/// <param name="Floor">Quoted in the lane floor.</param>
/// <param name="Posted">Quoted in the lane spot to jobs without a bid.</param>
/// <param name="Reserve">Lower bids are not considered.</param>
/// <param name="Clearing">What a small bid had to exceed in the last auction.</param>
internal sealed record PriceStatus(decimal Floor, decimal Posted, decimal Reserve, decimal Clearing)
{
    private const decimal NanosPerUnit = 1_000_000_000m;

    /// <summary>The prices of a scheduler; null if all are 0.</summary>
    public static PriceStatus? Of(in MarketPrices prices) => (prices.Floor | prices.Posted | prices.Reserve | prices.Clearing) == 0
        ? null
        : new(PerCu(prices.Floor), PerCu(prices.Posted), PerCu(prices.Reserve), PerCu(prices.Clearing));

    /// <summary>A price in nano-units as money.</summary>
    public static decimal PerCu(long nanos) => nanos / NanosPerUnit;
}

/// <summary>A second of the past, over all models.</summary>
/// <param name="Number">Counts the samples, from 1.</param>
/// <param name="TokensPerSecond">Tokens generated per second.</param>
/// <param name="Waiting">Requests that waited at its end.</param>
/// <param name="Running">Requests that ran at its end.</param>
/// <param name="Clearing">The clearing price per CU at its end; null without a market.</param>
internal sealed record StatusSample(long Number, double TokensPerSecond, int Waiting, int Running, decimal? Clearing);

/// <summary>The money of an account.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Balance">What it may still spend.</param>
/// <param name="Reserved">What is reserved for its open jobs, in addition.</param>
/// <param name="Currency">Currency of both.</param>
internal sealed record AccountStatus(string Name, decimal Balance, decimal Reserved, string Currency);

/// <summary>A text that is waiting or being generated.</summary>
/// <param name="Id">Its job; null without accounts.</param>
/// <param name="Model">The model.</param>
/// <param name="State">waiting, prefilling, decoding or finished.</param>
/// <param name="PromptTokens">Length of the prompt.</param>
/// <param name="GeneratedTokens">Tokens generated so far.</param>
/// <param name="ComputeUnits">CU spent so far.</param>
/// <param name="Cap">The most that it may spend, in CU; null for no limit in CU.</param>
/// <param name="Lane">floor or spot.</param>
/// <param name="Bid">Bid per CU; null for none.</param>
internal sealed record JobStatusView(string? Id, string Model, string State, int PromptTokens, int GeneratedTokens, decimal ComputeUnits, decimal? Cap, string Lane, decimal? Bid)
{
    /// <summary>The view of a text.</summary>
    public static JobStatusView Of(OpenText text, string model) => new(
        text.Job,
        model,
        Lower(text.Request.State),
        text.Request.PromptTokens,
        text.Request.GeneratedTokens,
        text.Request.Ledger?.ComputeUnits ?? 0,
        text.Budget?.ComputeUnits,
        Lower(text.Terms.Lane),
        text.Request.BidPerCu);

    private static string Lower<T>(T value) where T : struct, Enum => $"{value}".ToLowerInvariant();
}

/// <summary>A receipt in short.</summary>
/// <param name="Made">When the text ended.</param>
/// <param name="Id">Its job; null without accounts.</param>
/// <param name="Model">The model.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="ComputeUnits">CU spent.</param>
/// <param name="Tokens">Tokens that were computed.</param>
/// <param name="ReusedTokens">Tokens of the prompt that were not.</param>
/// <param name="Charge">What was charged; null without accounts.</param>
/// <param name="Currency">Currency of the charge.</param>
internal sealed record ReceiptStatus(DateTimeOffset Made, string? Id, string Model, string Outcome, decimal ComputeUnits, long Tokens, int ReusedTokens, decimal? Charge, string? Currency)
{
    /// <summary>The view of a receipt of the accounts.</summary>
    public static ReceiptStatus Of(StoredReceipt stored)
    {
        Receipt receipt = stored.Receipt;
        return new(
            stored.Made, stored.Job, receipt.Model, ComputeUsage.Name(receipt.Outcome), stored.ComputeUnits, receipt.Phases.Sum(static phase => phase.Tokens), receipt.ReusedTokens,
            stored.Charge, stored.Currency);
    }

    /// <summary>The view of a text of a server without accounts.</summary>
    public static ReceiptStatus Of(EndedText text, string model) =>
        new(text.Ended, null, model, ComputeUsage.Name(text.Outcome), text.ComputeUnits, text.Tokens, text.ReusedTokens, null, null);
}
