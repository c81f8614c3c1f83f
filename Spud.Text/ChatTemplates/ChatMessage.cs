using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spud.Text.ChatTemplates;

/// <summary>One message of a conversation, as a chat template sees it. Immutable.</summary>
public sealed class ChatMessage
{
    /// <summary>Makes a message of plain text.</summary>
    /// <param name="role">Who speaks: <c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c> or what else the template knows.</param>
    /// <param name="content">What is said; null where a message has only tool calls (the template sees <c>none</c>).</param>
    public ChatMessage(string role, string? content)
    {
        ArgumentNullException.ThrowIfNull(role);
        Role = role;
        Content = content;
    }

    private ChatMessage(JsonElement fields)
    {
        Role = TextOf(fields, "role") ?? "";
        Content = TextOf(fields, "content");
        Name = TextOf(fields, "name");
        Reasoning = TextOf(fields, "reasoning_content");
        ToolCallId = TextOf(fields, "tool_call_id");
        Fields = fields;
    }

    public string Role { get; }

    public string? Content { get; }

    /// <summary>The speaker's or the tool's name: the template's <c>name</c>.</summary>
    public string? Name { get; init; }

    /// <summary>What the model thought before it answered: the template's <c>reasoning_content</c>.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Which call a tool's message answers: the template's <c>tool_call_id</c>.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>The template's <c>tool_calls</c>: a JSON array of calls. Most templates want each call's arguments as an object, not as text.</summary>
    public JsonElement? ToolCalls { get; init; }

    /// <summary>The whole message as it came in JSON; null for a message made from role and content.</summary>
    internal JsonElement? Fields { get; }

    /// <summary>Takes a message object as chat APIs send it. Every member reaches the template, also those this class has no name for.</summary>
    /// <exception cref="ArgumentException">Not an object, or without a <c>role</c> that is a string.</exception>
    public static ChatMessage FromJson(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
            throw new ArgumentException($"a chat message must be a JSON object, got {message.ValueKind}", nameof(message));
        if (TextOf(message, "role") is null)
            throw new ArgumentException("a chat message must have a member 'role' that is a string", nameof(message));
        return new ChatMessage(message.Clone());
    }

    /// <summary>The same message with another text.</summary>
    internal ChatMessage With(string content)
    {
        if (Fields is not { } fields)
            return new(Role, content) { Name = Name, Reasoning = Reasoning, ToolCallId = ToolCallId, ToolCalls = ToolCalls };

        JsonObject changed = JsonObject.Create(fields)!;
        changed["content"] = content;
        return new(JsonDocument.Parse(changed.ToJsonString()).RootElement);
    }

    private static string? TextOf(JsonElement message, string member) =>
        message.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
