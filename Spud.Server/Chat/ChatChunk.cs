using System.Text.Json.Serialization;
using Spud.Server.Generation;
using Spud.Text.ChatTemplates;

namespace Spud.Server.Chat;

/// <summary>A part of a streamed answer.</summary>
/// <param name="Id">The answer's identifier, the same in all parts.</param>
/// <param name="Created">When the answer began, in seconds since 1970.</param>
/// <param name="Model">The model.</param>
/// <param name="Choices">One; none in the part with the usage.</param>
internal sealed record ChatChunk(string Id, long Created, string Model, ChunkChoice[] Choices)
{
    /// <summary>The kind of object.</summary>
    public string Object => "chat.completion.chunk";

    /// <summary>What computes it.</summary>
    public string SystemFingerprint => Ids.Fingerprint;

    /// <summary>What the answer took; only in the last part, and only if it was asked for.</summary>
    public Usage? Usage { get; init; }
}

/// <summary>What a part adds to a choice.</summary>
/// <param name="Index">The choice.</param>
/// <param name="Delta">What is added.</param>
internal sealed record ChunkChoice(int Index, ChunkDelta Delta)
{
    /// <summary>Of the tokens of this part; null if they were not asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TokenLogprobs? Logprobs { get; init; }

    /// <summary>Why the choice ended; null before its end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FinishReason { get; init; }
}

/// <summary>An addition to a message; what is null is not sent.</summary>
internal sealed record ChunkDelta
{
    /// <summary>Who speaks; in the first part.</summary>
    public string? Role { get; init; }

    /// <summary>Text.</summary>
    public string? Content { get; init; }

    /// <summary>Parts of calls of functions.</summary>
    public DeltaCall[]? ToolCalls { get; init; }

    /// <summary>Reasoning.</summary>
    public string? ReasoningContent { get; init; }

    /// <summary>The same under another name, if the server is set to.</summary>
    public string? Reasoning { get; init; }
}

/// <summary>A part of a call: the first has id, type and name, the others text of the arguments.</summary>
/// <param name="Index">The call.</param>
/// <param name="Function">What is added.</param>
internal sealed record DeltaCall(int Index, DeltaFunction Function)
{
    /// <summary>The call's id; in the first part.</summary>
    public string? Id { get; init; }

    /// <summary>The kind of call; in the first part.</summary>
    public string? Type { get; init; }

    /// <summary>A part of a call; null where the call ends, which chats do not say.</summary>
    public static DeltaCall? Of(in AnswerPiece piece) => piece.Call switch
    {
        { IsStart: true } start => new(start.Index, new("") { Name = start.Name }) { Id = start.Id, Type = "function" },
        { IsEnd: false } part => new(part.Index, new(piece.Text)),
        _ => null,
    };
}

/// <summary>An addition to a called function.</summary>
/// <param name="Arguments">Text of its arguments; empty in the first part.</param>
internal sealed record DeltaFunction(string Arguments)
{
    /// <summary>Its name; in the first part.</summary>
    public string? Name { get; init; }
}
