using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spud.Text.ChatTemplates;

/// <summary>
/// Conversations with tools for templates that do not know them: the functions are described in the system message, calls become text of
/// the assistant's messages, and results become messages of the user.
/// </summary>
internal static class ToolConversation
{
    /// <summary>The conversation as the template sees it.</summary>
    public static IReadOnlyList<ChatMessage> Explain(IReadOnlyList<ChatMessage> messages, ToolSet tools)
    {
        string functions = string.Join('\n', tools.Json.EnumerateArray().Select(static tool => tool.GetProperty("function").GetRawText()));
        string text = $$"""
            You can call functions. Each line between <tools> and </tools> describes one.
            <tools>
            {{functions}}
            </tools>
            To call a function, answer with its name and its arguments in this form, and nothing else:
            <tool_call>
            {"name": "function_name", "arguments": {"argument": "value"} }
            </tool_call>
            The result comes in the next message. If no function helps, answer in plain text.
            """;
        bool hasSystem = messages is [{ Role: "system" }, ..];
        ChatMessage system = new("system", hasSystem && messages[0].Content is { Length: > 0 } given ? $"{given}\n\n{text}" : text);
        return [system, .. WithoutCalls(messages.Skip(hasSystem ? 1 : 0))];
    }

    /// <summary>Messages whose calls and results are text.</summary>
    public static IEnumerable<ChatMessage> WithoutCalls(IEnumerable<ChatMessage> messages)
    {
        List<string> results = [];
        foreach (ChatMessage message in messages)
        {
            if (message.Role == "tool")
            {
                results.Add($"<tool_response>\n{message.Content}\n</tool_response>");
                continue;
            }

            if (results.Count > 0)
                yield return new("user", string.Join('\n', results));

            results.Clear();
            yield return message.ToolCalls is { ValueKind: JsonValueKind.Array } calls ? new(message.Role, TextOf(message, calls)) { Reasoning = message.Reasoning } : message;
        }

        if (results.Count > 0)
            yield return new("user", string.Join('\n', results));
    }

    private static string TextOf(ChatMessage message, JsonElement calls)
    {
        IEnumerable<string> parts = calls.EnumerateArray().Select(static call =>
        {
            JsonElement function = call.ValueKind == JsonValueKind.Object && call.TryGetProperty("function", out JsonElement inner) ? inner : call;
            JsonObject shown = [];
            foreach (string name in (string[])["name", "arguments"])
                shown[name] = function.ValueKind == JsonValueKind.Object && function.TryGetProperty(name, out JsonElement value) ? JsonNode.Parse(value.GetRawText()) : null;
            return $"{ToolFormats.Opening}\n{shown.ToJsonString()}\n{ToolFormats.Closing}";
        });
        return string.Join('\n', string.IsNullOrEmpty(message.Content) ? parts : parts.Prepend(message.Content));
    }
}
