using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spud.Text.ChatTemplates;

/// <summary>The parts of an answer.</summary>
public enum AnswerPart
{
    /// <summary>The answer proper.</summary>
    Final,

    /// <summary>The model's reasoning before the answer.</summary>
    Reasoning,

    /// <summary>A tool call.</summary>
    ToolCall,
}

/// <summary>A piece of a streamed answer.</summary>
/// <param name="Part">The part it belongs to.</param>
/// <param name="Text">The text; of a tool call, text of its arguments. Empty only where a tool call begins or ends.</param>
public readonly record struct AnswerPiece(AnswerPart Part, string Text)
{
    /// <summary>The tool call that the piece belongs to; null for other parts.</summary>
    public ToolCallPiece? Call { get; init; }
}

/// <summary>The tool call of a piece.</summary>
/// <param name="Index">Number of calls before it in the answer.</param>
/// <param name="Id">Its id: random, the same for all its pieces.</param>
/// <param name="Name">Name of the tool.</param>
/// <param name="IsStart">Whether the call begins; the piece has no text.</param>
/// <param name="IsEnd">Whether it ends; the piece has no text.</param>
public sealed record ToolCallPiece(int Index, string Id, string Name, bool IsStart = false, bool IsEnd = false);

/// <summary>A tool call.</summary>
/// <param name="Name">Name of the tool.</param>
/// <param name="Arguments">The arguments, a JSON object; a string with their text if they are not JSON, such as those of an answer that was cut short.</param>
/// <param name="Id">Its id.</param>
public sealed record ToolCall(string Name, JsonElement Arguments, string? Id = null);

/// <summary>An answer, without the markers between its parts.</summary>
/// <param name="Final">The answer proper.</param>
/// <param name="Reasoning">The model's reasoning before the answer; null if none.</param>
/// <param name="ToolCalls">Tool calls, in order.</param>
public sealed record Answer(string Final, string? Reasoning, IReadOnlyList<ToolCall> ToolCalls)
{
    /// <summary>The answer as a message of a conversation: reasoning and calls go into separate fields.</summary>
    public ChatMessage ToMessage() => new("assistant", Final.Length == 0 && ToolCalls.Count > 0 ? null : Final)
    {
        Reasoning = Reasoning,
        ToolCalls = ToolCalls.Count == 0 ? null : Calls(),
    };

    private JsonElement Calls()
    {
        JsonArray calls = [.. ToolCalls.Select(call => new JsonObject
        {
            ["id"] = call.Id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = JsonNode.Parse(call.Arguments.GetRawText()) },
        })];
        using JsonDocument document = JsonDocument.Parse(calls.ToJsonString());
        return document.RootElement.Clone();
    }
}
