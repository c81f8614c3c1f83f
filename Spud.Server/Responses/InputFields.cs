using System.Text.Json;
using System.Text.Json.Nodes;
using Spud.Server.Chat;
using Spud.Server.Http;
using Spud.Text.ChatTemplates;

namespace Spud.Server.Responses;

/// <summary>The <c>input</c> and <c>instructions</c> of a request as a conversation.</summary>
internal static class InputFields
{
    /// <summary>Reads them. Instructions, and system and developer messages wherever they are, become one system message.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="system">System message of conversations that have none; null for none.</param>
    public static IReadOnlyList<ChatMessage> Read(in Fields fields, string? system)
    {
        if (fields.Any("input") is not { } input)
            throw fields.Missing("input", "a string or an array of items");

        List<ChatMessage> messages = input.ValueKind switch
        {
            JsonValueKind.String => [new("user", input.GetString())],
            JsonValueKind.Array => Items(fields.Objects("input")),
            _ => throw fields.Wrong("input", "a string or an array of items", input),
        };
        string[] told = [.. new[] { fields.Text("instructions") }.OfType<string>(), .. messages.Where(static message => message.Role == "system").Select(static message => message.Content!)];
        messages.RemoveAll(static message => message.Role == "system");
        if (messages.Count == 0)
            throw ApiException.Invalid("input", "expected at least one message of the user.", "invalid_value");

        string? whole = told.Length > 0 ? string.Join("\n\n", told) : system;
        return whole is null ? messages : [new("system", whole), .. messages];
    }

    private static List<ChatMessage> Items(IReadOnlyList<Fields> items)
    {
        List<ChatMessage> messages = [];
        foreach (Fields item in items)
        {
            string type = item.Text("type") ?? "message";
            switch (type)
            {
                case "message":
                    messages.Add(Message(item));
                    break;
                case "function_call":
                    messages.Add(new("assistant", null) { ToolCalls = Call(item) });
                    break;
                case "function_call_output":
                    messages.Add(new("tool", Output(item)) { ToolCallId = item.RequiredText("call_id") });
                    break;
                case "reasoning":
                    // Models do not see their former reasoning.
                    break;
                default:
                    throw ApiException.Unsupported(item.PathOf("type"), $"'{(type.Length > 40 ? type[..40] : type)}' is not supported; expected 'message', 'function_call' or 'function_call_output'.");
            }
        }

        return messages;
    }

    private static ChatMessage Message(in Fields item)
    {
        if (!item.Has("role"))
            throw item.Missing("role", "'system', 'developer', 'user' or 'assistant'");

        string role = item.OneOf("role", "system", "developer", "user", "assistant")!;
        return new(role == "developer" ? "system" : role, ContentFields.Read(item, "content") ?? throw item.Missing("content", "a string or an array of parts"));
    }

    private static string Output(in Fields item) => ContentFields.Read(item, "output") ?? throw item.Missing("output", "a string or an array of parts");

    private static JsonElement Call(in Fields item)
    {
        JsonArray calls =
        [
            new JsonObject
            {
                ["id"] = item.RequiredText("call_id"),
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = item.RequiredText("name"), ["arguments"] = MessageFields.Arguments(item) },
            },
        ];
        using JsonDocument document = JsonDocument.Parse(calls.ToJsonString());
        return document.RootElement.Clone();
    }
}
