using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Spud.Text.ChatTemplates;

namespace Spud.Extensions.AI;

/// <summary>Functions as a chat template sees them.</summary>
internal static class ToolMapping
{
    /// <summary>The functions that a model may call; null for none. Tools that are not functions are skipped.</summary>
    public static ToolSet? ToolsOf(ChatOptions? options)
    {
        AIFunctionDeclaration[] functions = [.. (options?.Tools ?? []).OfType<AIFunctionDeclaration>()];
        if (functions.Length == 0 || options!.ToolMode is NoneChatToolMode)
            return null;

        JsonArray tools = [.. functions.Select(static function => new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = function.Name, ["description"] = function.Description, ["parameters"] = JsonObject.Create(function.JsonSchema) },
        })];
        using JsonDocument document = JsonDocument.Parse(tools.ToJsonString());
        return ToolSet.FromJson(document.RootElement.Clone());
    }

    /// <summary>Whether the model must call one of them.</summary>
    public static ToolChoice ChoiceOf(ChatOptions? options) => options?.ToolMode switch
    {
        RequiredChatToolMode { RequiredFunctionName: { } name } => ToolChoice.Function(name),
        RequiredChatToolMode => ToolChoice.Required,
        _ => ToolChoice.Auto,
    };
}
