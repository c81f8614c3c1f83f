using System.Text.Json;
using System.Text.Json.Serialization;
using Spud.Server.Generation;

namespace Spud.Server.Responses;

/// <summary>An answer. All fields are there from the beginning; what is not known yet is null.</summary>
internal sealed record ResponseBody
{
    /// <summary>Its identifier.</summary>
    public required string Id { get; init; }

    /// <summary>The kind of object.</summary>
    public string Object => "response";

    /// <summary>When it began, in seconds since 1970.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>in_progress, completed, incomplete or failed.</summary>
    public required string Status { get; init; }

    /// <summary>Why it failed.</summary>
    public ResponseError? Error { get; init; }

    /// <summary>Why it is incomplete.</summary>
    public IncompleteDetails? IncompleteDetails { get; init; }

    /// <summary>As in the request.</summary>
    public string? Instructions { get; init; }

    /// <summary>As in the request.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>Reasoning and text.</summary>
    public OutputItem[] Output { get; init; } = [];

    /// <summary>As in the request.</summary>
    public bool ParallelToolCalls { get; init; } = true;

    /// <summary>Always null: answers are not stored.</summary>
    public string? PreviousResponseId => null;

    /// <summary>Levels of reasoning, which models here do not have.</summary>
    public ReasoningSettings Reasoning { get; } = new();

    /// <summary>Always false: answers are not stored.</summary>
    public bool Store => false;

    /// <summary>Temperature of the answer.</summary>
    public required double Temperature { get; init; }

    /// <summary>Nucleus of the answer.</summary>
    public required double TopP { get; init; }

    /// <summary>Format of the text, as in the request.</summary>
    public required JsonElement Text { get; init; }

    /// <summary>As in the request.</summary>
    public required JsonElement ToolChoice { get; init; }

    /// <summary>As in the request.</summary>
    public required JsonElement Tools { get; init; }

    /// <summary>Always disabled: a prompt that is too long is refused.</summary>
    public string Truncation => "disabled";

    /// <summary>What it took; null until it has ended.</summary>
    public ResponseUsage? Usage { get; init; }

    /// <summary>As in the request.</summary>
    public string? User { get; init; }

    /// <summary>As in the request.</summary>
    public required JsonElement Metadata { get; init; }
}

/// <summary>Why an answer failed.</summary>
/// <param name="Code">A stable name.</param>
/// <param name="Message">For people.</param>
internal sealed record ResponseError(string Code, string Message);

/// <summary>Why an answer is incomplete.</summary>
/// <param name="Reason">max_output_tokens.</param>
internal sealed record IncompleteDetails(string Reason);

/// <summary>Levels of reasoning.</summary>
internal sealed record ReasoningSettings
{
    /// <summary>Always null.</summary>
    public string? Effort => null;

    /// <summary>Always null.</summary>
    public string? Summary => null;
}

/// <summary>What an answer took.</summary>
/// <param name="InputTokens">Length of the prompt.</param>
/// <param name="InputTokensDetails">Of the prompt.</param>
/// <param name="OutputTokens">Generated tokens.</param>
/// <param name="OutputTokensDetails">Of the answer.</param>
/// <param name="Compute">Compute: ours, clients ignore it.</param>
internal sealed record ResponseUsage(int InputTokens, InputDetails InputTokensDetails, int OutputTokens, OutputDetails OutputTokensDetails, ComputeUsage Compute)
{
    /// <summary>Sum of both.</summary>
    public int TotalTokens => InputTokens + OutputTokens;

    /// <summary>The same figures under this endpoint's names.</summary>
    public static ResponseUsage Of(Usage usage) => new(
        usage.PromptTokens, new(usage.PromptTokensDetails.CachedTokens), usage.CompletionTokens, new(usage.CompletionTokensDetails.ReasoningTokens), usage.Compute);
}

/// <summary>Details of the prompt's tokens.</summary>
/// <param name="CachedTokens">Tokens that were not read again.</param>
internal sealed record InputDetails(int CachedTokens);

/// <summary>Details of the answer's tokens.</summary>
/// <param name="ReasoningTokens">Tokens of the reasoning.</param>
internal sealed record OutputDetails(int ReasoningTokens);

/// <summary>A part of an answer.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(MessageItem), "message")]
[JsonDerivedType(typeof(ReasoningItem), "reasoning")]
[JsonDerivedType(typeof(FunctionCallItem), "function_call")]
internal abstract record OutputItem(string Id, string Status);

/// <summary>A message of the model.</summary>
internal sealed record MessageItem(string Id, string Status, OutputText[] Content) : OutputItem(Id, Status)
{
    /// <summary>Who speaks.</summary>
    public string Role => "assistant";
}

/// <summary>The reasoning before a message.</summary>
internal sealed record ReasoningItem(string Id, string Status, ReasoningText[] Content) : OutputItem(Id, Status)
{
    /// <summary>Always empty: reasoning is not summarised.</summary>
    public string[] Summary => [];
}

/// <summary>A call of a function. Its own identifier differs from the call's, by which the output is matched.</summary>
internal sealed record FunctionCallItem(string Id, string Status, string CallId, string Name, string Arguments) : OutputItem(Id, Status);

/// <summary>Text of a message.</summary>
/// <param name="Text">The text.</param>
internal sealed record OutputText(string Text)
{
    /// <summary>The kind of part.</summary>
    public string Type => "output_text";

    /// <summary>Always empty: nothing is cited.</summary>
    public string[] Annotations => [];

    /// <summary>Empty unless they were asked for.</summary>
    public TokenLogprob[] Logprobs { get; init; } = [];
}

/// <summary>Text of a reasoning.</summary>
/// <param name="Text">The text.</param>
internal sealed record ReasoningText(string Text)
{
    /// <summary>The kind of part.</summary>
    public string Type => "reasoning_text";
}
