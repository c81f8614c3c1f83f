using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spud.Text.ChatTemplates;

/// <summary>What a part of an answer is for.</summary>
public enum AnswerPart
{
    /// <summary>The answer proper.</summary>
    Final,

    /// <summary>What the model thought before it answered.</summary>
    Reasoning,

    /// <summary>A call of a tool.</summary>
    ToolCall,
}

/// <summary>A piece of an answer, as it comes.</summary>
/// <param name="Part">What it is a piece of.</param>
/// <param name="Text">Not empty.</param>
public readonly record struct AnswerPiece(AnswerPart Part, string Text);

/// <summary>A call of a tool.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">A JSON object.</param>
public sealed record ToolCall(string Name, JsonElement Arguments);

/// <summary>An answer, without the marks between its parts.</summary>
/// <param name="Final">The answer proper.</param>
/// <param name="Reasoning">What the model thought before; null if it did not.</param>
/// <param name="ToolCalls">Calls of tools, in order.</param>
public sealed record Answer(string Final, string? Reasoning, IReadOnlyList<ToolCall> ToolCalls)
{
    /// <summary>The answer as a message of a conversation: reasoning and calls go into fields of their own.</summary>
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
