using System.Text.Json;

namespace Spud.Text.ChatTemplates;

/// <summary>Inputs for rendering a chat template in addition to the messages. Immutable.</summary>
public sealed class ChatTemplateOptions
{
    /// <summary>The text of the begin-of-sequence token: the template's <c>bos_token</c>.</summary>
    public string BosToken { get; init; } = "";

    /// <summary>The text of the end-of-sequence token: the template's <c>eos_token</c>.</summary>
    public string EosToken { get; init; } = "";

    /// <summary>Whether the text ends with the opening of the assistant's turn.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>A JSON array of tool descriptions: the template's <c>tools</c>; null leaves it undefined, as in llama.cpp.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Further variables by name, for example <c>enable_thinking</c> or <c>documents</c>. They take precedence over the ones above.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Variables { get; init; }

    /// <summary>The clock used by <c>strftime_now</c>.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public TemplateLimits Limits { get; init; } = TemplateLimits.Default;

    /// <summary>The same inputs with other tools.</summary>
    internal ChatTemplateOptions With(JsonElement tools) => new()
    {
        BosToken = BosToken,
        EosToken = EosToken,
        AddGenerationPrompt = AddGenerationPrompt,
        Tools = tools,
        Variables = Variables,
        Clock = Clock,
        Limits = Limits,
    };
}
