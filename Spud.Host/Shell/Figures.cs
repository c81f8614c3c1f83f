using System.Globalization;
using Spud.Configuration;
using Spud.Generation;
using Spud.Metering;
using Spud.Sampling;

namespace Spud.Host;

/// <summary>Figures of a request, as text.</summary>
internal static class Figures
{
    /// <summary>Computed prompt tokens per second.</summary>
    public static double Prefill(Request request) => Rate(request.PromptTokens - request.ReusedTokens, request.TimeToFirstToken);

    /// <summary>Tokens after the first, per second.</summary>
    public static double Decode(Request request) => Rate(request.GeneratedTokens - 1, request.DecodeTime);

    /// <summary>The line below an answer.</summary>
    /// <param name="request">A finished request.</param>
    /// <param name="firstToken">How long the user waited for the first token.</param>
    /// <param name="charge">The cost; null if not requested.</param>
    /// <param name="sampling">Sampling of the request.</param>
    public static string Closing(Request request, TimeSpan firstToken, ReceiptCharge? charge, SamplingOptions sampling)
    {
        string reused = request.ReusedTokens > 0 ? $" ({request.ReusedTokens} reused)" : "";
        string prompt = $"prompt {request.PromptTokens} tokens{reused}{Speed(Prefill(request))}";
        string answer = $"generated {request.GeneratedTokens} tokens{Speed(Decode(request))}";
        string first = request.GeneratedTokens > 0 ? string.Create(CultureInfo.InvariantCulture, $", first token after {firstToken.TotalSeconds:0.00} s") : "";
        string money = charge is null ? "" : string.Create(CultureInfo.InvariantCulture, $", {charge.Total:0.###############} {charge.Currency}");
        // The drawn seed is needed to reproduce this text.
        string seed = sampling is { Seed: null, Temperature: > 0 } ? $", seed {request.Seed}" : "";
        string task = request.Ledger?.Label is { } label ? $", task {Label(label)}" : "";
        string drafts = request.Ledger?.Drafts is { Steps: > 0 } drafted ? $", {Drafts(drafted.TokensPerStep, drafted.Accepted, drafted.Drafted)}" : "";
        return $"[{prompt}, {answer}{drafts}{first}{seed}, {Units.Compute(request.Ledger?.ComputeUnits ?? 0)}{money}{task}{Ending(request)}]";
    }

    /// <summary>What drafts came to.</summary>
    public static string Drafts(double tokensPerStep, long accepted, long drafted) =>
        string.Create(CultureInfo.InvariantCulture, $"{tokensPerStep:0.00} tokens per step ({accepted} of {drafted} drafted accepted)");

    /// <summary>The kind of text that a component classified a text as.</summary>
    public static string Label(TextLabel label) => string.Create(CultureInfo.InvariantCulture, $"{SafeText.Line(label.Name, 64)} ({label.Confidence:0%})");

    /// <summary>The stable name of a reason, for JSON.</summary>
    public static string Name(FinishReason reason) => reason switch
    {
        FinishReason.StopToken => "stopToken",
        FinishReason.StopString => "stopString",
        FinishReason.Length => "length",
        FinishReason.ContextFull => "contextFull",
        FinishReason.Cancelled => "cancelled",
        FinishReason.Expired => "expired",
        FinishReason.Budget => "budget",
        FinishReason.Refused => "refused",
        FinishReason.Failed => "failed",
        _ => "none",
    };

    /// <summary>The stable name of a preference.</summary>
    public static string Name(DraftPreference prefer) => prefer switch
    {
        DraftPreference.Compute => "compute",
        DraftPreference.Fixed => "fixed",
        _ => "latency",
    };

    /// <summary>A rate per second; 0 if it cannot be computed.</summary>
    public static double Rate(long count, TimeSpan time) => count > 0 && time > TimeSpan.Zero ? count / time.TotalSeconds : 0;

    private static string Speed(double rate) => rate > 0 ? string.Create(CultureInfo.InvariantCulture, $" at {rate:0.0}/s") : "";

    private static string Ending(Request request) => request.Finish switch
    {
        FinishReason.Length => ", cut at --max-tokens",
        FinishReason.ContextFull => ", cut: the context is full (--ctx)",
        FinishReason.Cancelled => ", interrupted",
        FinishReason.Budget => $", cut: the budget of {request.Ledger!.Limit} is used up (--budget)",
        _ => "",
    };
}
