using System.Text.Json;
using Microsoft.Extensions.AI;
using Spud.Generation;
using Spud.Text.ChatTemplates;

namespace Spud.Extensions.AI;

/// <summary>Answers as contents of messages.</summary>
internal static class AnswerMapping
{
    /// <summary>Name of the count of FLOPs.</summary>
    public const string Flops = "spud.flops";

    /// <summary>Text and reasoning; calls follow as a whole, at the end.</summary>
    public static IEnumerable<AIContent> Of(IReadOnlyList<AnswerPiece> pieces)
    {
        foreach (AnswerPiece piece in pieces)
        {
            if (piece.Part == AnswerPart.Final)
                yield return new TextContent(piece.Text);
            else if (piece.Part == AnswerPart.Reasoning)
                yield return new TextReasoningContent(piece.Text);
        }
    }

    /// <summary>A call.</summary>
    public static FunctionCallContent Of(ToolCall call)
    {
        string id = call.Id ?? Guid.NewGuid().ToString("N");
        if (call.Arguments.ValueKind != JsonValueKind.Object)
            return new(id, call.Name) { Exception = new JsonException($"The arguments of {call.Name} are not a JSON object: the answer was cut short.") };

        return new(id, call.Name, call.Arguments.EnumerateObject().ToDictionary(static argument => argument.Name, static argument => (object?)argument.Value.Clone()));
    }

    /// <summary>What an answer took.</summary>
    public static UsageContent UsageOf(Request request) => new(new()
    {
        InputTokenCount = request.PromptTokens,
        OutputTokenCount = request.GeneratedTokens,
        TotalTokenCount = request.PromptTokens + request.GeneratedTokens,
        CachedInputTokenCount = request.ReusedTokens,
        AdditionalCounts = new() { [Flops] = request.Ledger?.Flops ?? 0 },
    });

    /// <summary>Why an answer ended.</summary>
    public static ChatFinishReason FinishOf(Request request, Answer answer) =>
        request.Finish is not (FinishReason.StopToken or FinishReason.StopString) ? ChatFinishReason.Length
        : answer.ToolCalls.Count > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;
}
