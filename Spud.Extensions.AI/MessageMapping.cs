using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using ChatMessage = Spud.Text.ChatTemplates.ChatMessage;

namespace Spud.Extensions.AI;

/// <summary>Messages as a chat template sees them.</summary>
internal static class MessageMapping
{
    /// <summary>The messages of a conversation; instructions come first, as a system message.</summary>
    public static IReadOnlyList<ChatMessage> Of(IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, string? instructions)
    {
        List<ChatMessage> mapped = instructions is null ? [] : [new("system", instructions)];
        foreach (Microsoft.Extensions.AI.ChatMessage message in messages)
            mapped.AddRange(Of(message));

        return mapped;
    }

    private static IEnumerable<ChatMessage> Of(Microsoft.Extensions.AI.ChatMessage message)
    {
        foreach (FunctionResultContent result in message.Contents.OfType<FunctionResultContent>())
            yield return new("tool", TextOf(result)) { ToolCallId = result.CallId };

        if (message.Contents.FirstOrDefault(static content => content is DataContent or UriContent) is { } other)
            throw new NotSupportedException($"{other.GetType().Name}: Spud's models read text only.");

        FunctionCallContent[] calls = [.. message.Contents.OfType<FunctionCallContent>()];
        if (message.Role == ChatRole.Tool)
            yield break;

        string reasoning = string.Concat(message.Contents.OfType<TextReasoningContent>().Select(static content => content.Text));
        yield return new(message.Role.Value, calls.Length > 0 && message.Text.Length == 0 ? null : message.Text)
        {
            Name = message.AuthorName,
            Reasoning = reasoning.Length == 0 ? null : reasoning,
            ToolCalls = calls.Length == 0 ? null : Of(calls),
        };
    }

    private static string TextOf(FunctionResultContent result) => result.Result switch
    {
        null => "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { } value => JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType())),
    };

    private static JsonElement Of(FunctionCallContent[] calls)
    {
        JsonArray array = [.. calls.Select(static call => new JsonObject
        {
            ["id"] = call.CallId,
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = call.Name,
                ["arguments"] = JsonSerializer.SerializeToNode(call.Arguments ?? new Dictionary<string, object?>(), AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>))),
            },
        })];
        using JsonDocument document = JsonDocument.Parse(array.ToJsonString());
        return document.RootElement.Clone();
    }
}
