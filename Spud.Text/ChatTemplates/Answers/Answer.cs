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
/// <param name="Text">The text, not empty.</param>
public readonly record struct AnswerPiece(AnswerPart Part, string Text);

/// <summary>A tool call.</summary>
/// <param name="Name">Name of the tool.</param>
/// <param name="Arguments">The arguments, a JSON object.</param>
public sealed record ToolCall(string Name, JsonElement Arguments);

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
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = JsonObject.Create(call.Arguments) },
        })];
        using JsonDocument document = JsonDocument.Parse(calls.ToJsonString());
        return document.RootElement.Clone();
    }
}
