using Spud.Generation;

namespace Spud.Host.Repl.Screen;

/// <summary>A turn as text.</summary>
internal static class TurnText
{
    /// <summary>The row under an answer.</summary>
    public static string Footer(Turn turn)
    {
        List<string> parts = [$"{turn.Tokens.Count} tokens{(turn.DecodeSpeed > 0 ? $" at {turn.DecodeSpeed:0.0}/s" : "")}"];
        if (turn.TimeToFirstToken > TimeSpan.Zero)
            parts.Add($"first {turn.TimeToFirstToken.TotalSeconds:0.00} s");
        if (turn.ReusedTokens > 0)
            parts.Add($"{turn.ReusedTokens}/{turn.PromptIds.Length} reused");
        if (turn.Receipt?.Drafts is { Steps: > 0 } drafts)
            parts.Add($"{drafts.TokensPerStep:0.00} tokens/step");
        if (turn.Receipt is { } receipt)
            parts.Add(Units.Compute(receipt.ComputeUnits));
        if (turn.Receipt?.Charge is { } charge)
            parts.Add($"{charge.Total:0.######} {ShownText.OneLine(charge.Currency)}");
        if (turn.Receipt?.Label is { } label)
            parts.Add(Figures.Label(label));
        if (Ending(turn.Finish) is { } ending)
            parts.Add(ending);

        return string.Join(" · ", parts);
    }

    private static string? Ending(FinishReason finish) => finish switch
    {
        FinishReason.Length => "cut at the maximum of tokens",
        FinishReason.ContextFull => "cut: the context is full",
        FinishReason.Cancelled => "stopped",
        FinishReason.Budget => "stopped: the budget is used up",
        FinishReason.Refused => "refused: the budget does not cover the prompt",
        FinishReason.Failed => "failed",
        _ => null,
    };
}
