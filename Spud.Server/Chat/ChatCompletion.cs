using System.Text.Json;
using System.Text.Json.Serialization;
using Spud.Server.Generation;
using Spud.Text.ChatTemplates;

namespace Spud.Server.Chat;

/// <summary>A whole answer.</summary>
/// <param name="Id">Its identifier.</param>
/// <param name="Created">When, in seconds since 1970.</param>
/// <param name="Model">The model.</param>
/// <param name="Choices">The texts.</param>
/// <param name="Usage">What they took.</param>
internal sealed record ChatCompletion(string Id, long Created, string Model, ChatChoice[] Choices, Usage Usage)
{
    /// <summary>The kind of object.</summary>
    public string Object => "chat.completion";

    /// <summary>What computed it.</summary>
    public string SystemFingerprint => Ids.Fingerprint;

    /// <summary>The answer of finished choices.</summary>
    public static ChatCompletion Of(ChatCall call, IReadOnlyList<Choice> choices, Usage usage, bool duplicateReasoning) =>
        new(Ids.New("chatcmpl-"), Ids.Now, call.Lease.Name, [.. choices.Select(choice => ChatChoice.Of(call, choice, duplicateReasoning))], usage);
}

/// <summary>One text of an answer.</summary>
/// <param name="Index">Its place.</param>
/// <param name="Message">The text.</param>
/// <param name="Logprobs">Null if they were not asked for.</param>
/// <param name="FinishReason">Why it ended.</param>
internal sealed record ChatChoice(
    int Index,
    AssistantMessage Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] TokenLogprobs? Logprobs,
    string FinishReason)
{
    /// <summary>The text of a finished choice.</summary>
    public static ChatChoice Of(ChatCall call, Choice choice, bool duplicateReasoning) => new(
        choice.Index,
        new(choice.Content.Length == 0 && choice.Calls.Count > 0 ? null : choice.Content)
        {
            ToolCalls = choice.Calls.Count == 0 ? null : [.. choice.Calls.Select(static call => MessageCall.Of(call))],
            ReasoningContent = choice.Reasoning,
            Reasoning = duplicateReasoning ? choice.Reasoning : null,
        },
        call.TopLogprobs is { } top ? TokenLogprobs.Of(choice.LogProbabilities, top, call.Lease.Model.Tokenizer) : null,
        Endings.Of(choice));
}

/// <summary>A message of the model.</summary>
/// <param name="Content">Its text; null if it consists of tool calls.</param>
internal sealed record AssistantMessage([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Content)
{
    /// <summary>Who speaks.</summary>
    public string Role => "assistant";

    /// <summary>Always null: models here refuse in the text, if they do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Refusal => null;

    /// <summary>Calls of functions.</summary>
    public MessageCall[]? ToolCalls { get; init; }

    /// <summary>The reasoning before the text.</summary>
    public string? ReasoningContent { get; init; }

    /// <summary>The same under another name, if the server is set to.</summary>
    public string? Reasoning { get; init; }
}

/// <summary>A call of a function.</summary>
/// <param name="Id">Its id, by which the output is matched.</param>
/// <param name="Function">What is called.</param>
internal sealed record MessageCall(string Id, CalledFunction Function)
{
    /// <summary>The kind of call.</summary>
    public string Type => "function";

    /// <summary>A call of the model.</summary>
    public static MessageCall Of(ToolCall call) => new(call.Id ?? Ids.New("call_"), new(call.Name, ArgumentsOf(call)));

    /// <summary>The arguments of a call as text.</summary>
    public static string ArgumentsOf(ToolCall call) => call.Arguments.ValueKind == JsonValueKind.String ? call.Arguments.GetString()! : call.Arguments.GetRawText();
}

/// <summary>A function that is called.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Its arguments, as text of a JSON object.</param>
internal sealed record CalledFunction(string Name, string Arguments);
