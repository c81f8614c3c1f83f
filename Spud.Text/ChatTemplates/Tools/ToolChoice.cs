using System.Text.Json;

namespace Spud.Text.ChatTemplates;

/// <summary>Whether a model must call a function.</summary>
public sealed record ToolChoice
{
    private ToolChoice(bool mayCall, bool mustCall, string? name) => (MayCall, MustCall, Name) = (mayCall, mustCall, name);

    /// <summary>The model decides.</summary>
    public static ToolChoice Auto { get; } = new(true, false, null);

    /// <summary>It must not call any.</summary>
    public static ToolChoice None { get; } = new(false, false, null);

    /// <summary>It must call at least one.</summary>
    public static ToolChoice Required { get; } = new(true, true, null);

    /// <summary>Whether it may call functions.</summary>
    public bool MayCall { get; }

    /// <summary>Whether it must.</summary>
    public bool MustCall { get; }

    /// <summary>The only function that it may call; null for any.</summary>
    public string? Name { get; }

    /// <summary>It must call this function.</summary>
    public static ToolChoice Function(string name) => new(true, true, name);

    /// <summary>Reads <c>tool_choice</c>: <c>"auto"</c>, <c>"none"</c>, <c>"required"</c>, or an object that names a function.</summary>
    /// <param name="choice">The value; undefined or null for <see cref="Auto"/>.</param>
    /// <param name="tools">The functions there are.</param>
    /// <exception cref="ToolException">The value is something else, or names a function that does not exist.</exception>
    public static ToolChoice FromJson(JsonElement choice, ToolSet tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        ToolChoice read = choice.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => Auto,
            JsonValueKind.String => choice.GetString() switch { "auto" => Auto, "none" => None, "required" or "any" => Required, _ => throw Unknown(choice) },
            JsonValueKind.Object => Function(NameIn(choice) ?? throw Unknown(choice)),
            _ => throw Unknown(choice),
        };
        if (read.Name is { } name && tools.Find(name) is null)
            throw new ToolException("tool_choice", $"there is no function '{name}' in tools");
        if (read.MustCall && tools.Functions.Count == 0)
            throw new ToolException("tool_choice", "a function must be called, but tools has none");

        return read;
    }

    private static string? NameIn(JsonElement choice)
    {
        JsonElement holder = choice.TryGetProperty("function", out JsonElement function) && function.ValueKind == JsonValueKind.Object ? function : choice;
        return holder.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
    }

    private static ToolException Unknown(JsonElement choice) =>
        new("tool_choice", $"expected \"auto\", \"none\", \"required\" or {{\"type\": \"function\", \"function\": {{\"name\": …}}}}, got {choice.GetRawText()}");
}
