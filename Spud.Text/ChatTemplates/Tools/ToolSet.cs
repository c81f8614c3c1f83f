using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spud.Text.ChatTemplates;

/// <summary>A function that a model may call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does; null if not said.</param>
/// <param name="Parameters">JSON schema of its arguments, an object; null for a function without arguments.</param>
/// <param name="IsStrict">Whether arguments must be valid; otherwise a schema that cannot be honoured is a hint for the model alone.</param>
public sealed record ToolFunction(string Name, string? Description, JsonElement? Parameters, bool IsStrict);

/// <summary>The functions that a model may call, as sent by clients of the OpenAI API. Immutable.</summary>
public sealed class ToolSet
{
    private const int MaxTools = 512;
    private const int MaxNameLength = 64;

    private ToolSet(IReadOnlyList<ToolFunction> functions)
    {
        Functions = functions;
        using JsonDocument document = JsonDocument.Parse(new JsonArray([.. functions.Select(Describe)]).ToJsonString());
        Json = document.RootElement.Clone();
    }

    /// <summary>The functions.</summary>
    public IReadOnlyList<ToolFunction> Functions { get; }

    /// <summary>The functions as chat templates expect them.</summary>
    public JsonElement Json { get; }

    /// <summary>Reads an array of tools. Tools that are not functions are skipped.</summary>
    /// <exception cref="ToolException">A tool is wrong; the exception names the field.</exception>
    public static ToolSet FromJson(JsonElement tools)
    {
        if (tools.ValueKind != JsonValueKind.Array)
            throw new ToolException("tools", $"expected an array, got {Kind(tools)}");
        if (tools.GetArrayLength() > MaxTools)
            throw new ToolException("tools", $"expected at most {MaxTools} tools, got {tools.GetArrayLength()}");

        List<ToolFunction> functions = [];
        int index = 0;
        foreach (JsonElement tool in tools.EnumerateArray())
        {
            string at = $"tools[{index++}]";
            if (tool.ValueKind != JsonValueKind.Object)
                throw new ToolException(at, $"expected an object, got {Kind(tool)}");
            if (tool.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.GetString() != "function")
                continue;

            // The responses API has no object around the function.
            bool isNested = tool.TryGetProperty("function", out JsonElement function);
            ToolFunction read = Read(isNested ? function : tool, isNested ? $"{at}.function" : at);
            functions.Add(functions.Any(other => other.Name == read.Name) ? throw new ToolException($"{at}.function.name", $"'{read.Name}' is given twice") : read);
        }

        return new(functions);
    }

    /// <summary>The function of a name; null if there is none.</summary>
    public ToolFunction? Find(string name) => Functions.FirstOrDefault(function => function.Name == name);

    private static ToolFunction Read(JsonElement function, string at)
    {
        if (function.ValueKind != JsonValueKind.Object)
            throw new ToolException(at, $"expected an object, got {Kind(function)}");
        if (!function.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
            throw new ToolException($"{at}.name", "expected a string");

        string text = name.GetString()!;
        if (text.Length is 0 or > MaxNameLength || !text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
            throw new ToolException($"{at}.name", $"expected 1 to {MaxNameLength} letters, digits, '_', '-' or '.', got '{text}'");

        JsonElement? parameters = function.TryGetProperty("parameters", out JsonElement given) && given.ValueKind != JsonValueKind.Null ? given : null;
        if (parameters is { ValueKind: not JsonValueKind.Object } wrong)
            throw new ToolException($"{at}.parameters", $"expected a JSON schema (an object), got {Kind(wrong)}");

        string? description = function.TryGetProperty("description", out JsonElement said) && said.ValueKind == JsonValueKind.String ? said.GetString() : null;
        bool isStrict = function.TryGetProperty("strict", out JsonElement strict) && strict.ValueKind == JsonValueKind.True;
        return new(text, description, parameters?.Clone(), isStrict);
    }

    private static JsonNode Describe(ToolFunction function) => new JsonObject
    {
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = function.Name,
            ["description"] = function.Description ?? "",
            ["parameters"] = function.Parameters is { } schema ? JsonNode.Parse(schema.GetRawText()) : new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() },
        },
    };

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };
}
