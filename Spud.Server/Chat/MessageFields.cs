using System.Text.Json;
using System.Text.Json.Nodes;
using Spud.Server.Http;
using Spud.Text.ChatTemplates;

namespace Spud.Server.Chat;

/// <summary>The messages of a chat request as a chat template sees them.</summary>
internal static class MessageFields
{
    private const int MaxMessages = 10_000;

    /// <summary>Reads <c>messages</c>.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="system">System message of conversations that have none; null for none.</param>
    public static IReadOnlyList<ChatMessage> Read(in Fields fields, string? system)
    {
        if (!fields.Has("messages"))
            throw fields.Missing("messages", "an array of at least one message");

        IReadOnlyList<Fields> given = fields.Objects("messages");
        if (given.Count is 0 or > MaxMessages)
            throw ApiException.Invalid("messages", $"expected 1 to {MaxMessages} messages, got {given.Count}.", "invalid_value");

        ChatMessage[] messages = [.. given.Select(static message => Read(message))];
        return system is null || messages[0].Role == "system" ? messages : [new("system", system), .. messages];
    }

    private static ChatMessage Read(in Fields message)
    {
        if (!message.Has("role"))
            throw message.Missing("role", "'system', 'developer', 'user', 'assistant' or 'tool'");

        string role = message.OneOf("role", "system", "developer", "user", "assistant", "tool")!;
        string? content = ContentFields.Read(message, "content");
        JsonElement? calls = role == "assistant" ? Calls(message) : null;
        if (content is null && calls is null && role != "assistant")
            throw message.Missing("content", "a string or an array of parts");

        // Templates know the role 'system' only.
        return new(role == "developer" ? "system" : role, content ?? (calls is null ? "" : null))
        {
            Name = message.Text("name"),
            Reasoning = role == "assistant" ? message.Text("reasoning_content") ?? message.Text("reasoning") : null,
            ToolCallId = message.Text("tool_call_id"),
            ToolCalls = calls,
        };
    }

    // Clients send arguments as a string of JSON, templates expect an object.
    private static JsonElement? Calls(in Fields message)
    {
        IReadOnlyList<Fields> given = message.Objects("tool_calls");
        if (given.Count == 0)
            return null;

        JsonArray calls = [];
        foreach (Fields call in given)
        {
            Fields function = call.RequiredObject("function");
            calls.Add(new JsonObject
            {
                ["id"] = call.Text("id"),
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = function.RequiredText("name"), ["arguments"] = Arguments(function) },
            });
        }

        using JsonDocument document = JsonDocument.Parse(calls.ToJsonString());
        return document.RootElement.Clone();
    }

    /// <summary>The arguments of a call as JSON.</summary>
    public static JsonNode? Arguments(in Fields function)
    {
        if (function.Any("arguments") is not { } given)
            return new JsonObject();
        if (given.ValueKind == JsonValueKind.Object)
            return JsonObject.Create(given);

        string text = function.RequiredText("arguments");
        if (string.IsNullOrWhiteSpace(text))
            return new JsonObject();

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            // A model may have written anything, and the client repeats it.
            return JsonValue.Create(text);
        }
    }
}
