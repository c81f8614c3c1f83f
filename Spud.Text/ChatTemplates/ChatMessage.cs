using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spud.Text.ChatTemplates;

/// <summary>One message of a conversation, as seen by a chat template. Immutable.</summary>
public sealed class ChatMessage
{
    /// <summary>Creates a message of plain text.</summary>
    /// <param name="role">The speaker's role: <c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c> or any other known to the template.</param>
    /// <param name="content">The text; null if a message has only tool calls (the template sees <c>none</c>).</param>
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

    /// <summary>The model's reasoning before the answer: the template's <c>reasoning_content</c>.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The id of the call that a tool's message answers: the template's <c>tool_call_id</c>.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>The template's <c>tool_calls</c>: a JSON array of calls. Most templates expect each call's arguments as an object, not as a string.</summary>
    public JsonElement? ToolCalls { get; init; }

    /// <summary>The whole message as received in JSON; null for a message created from role and content.</summary>
    internal JsonElement? Fields { get; }

    /// <summary>Creates a message from an object as sent by chat APIs. All members are passed to the template, including those without a property in this class.</summary>
    /// <exception cref="ArgumentException">The value is not an object, or has no <c>role</c> that is a string.</exception>
    public static ChatMessage FromJson(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
            throw new ArgumentException($"a chat message must be a JSON object, got {message.ValueKind}", nameof(message));
        if (TextOf(message, "role") is null)
            throw new ArgumentException("a chat message must have a member 'role' that is a string", nameof(message));
        return new ChatMessage(message.Clone());
    }

    /// <summary>The same message with different text.</summary>
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
