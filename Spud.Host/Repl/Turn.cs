using System.Collections.Immutable;
using Spud.Generation;
using Spud.Metering;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl;

/// <summary>
/// A question and its answer, with details of how it was generated. While it is answered, only the session's thread may use it: others use
/// the contents of events, and the turn itself after <see cref="TurnFinished"/>.
/// </summary>
internal sealed class Turn
{
    private readonly List<TurnToken> _tokens = [];
    private readonly Lazy<TurnDetails>? _details;

    /// <summary>A turn that is being asked.</summary>
    public Turn()
    {
    }

    /// <summary>A saved turn.</summary>
    /// <param name="details">Reads large data on demand.</param>
    public Turn(Func<TurnDetails> details) => _details = new(details);

    /// <summary>Its number in the conversation, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The question.</summary>
    public required string Question { get; init; }

    /// <summary>The record of the pipeline that answered.</summary>
    public required FrozenPipeline Pipeline { get; init; }

    /// <summary>Name of the pipeline in a comparison; null for the session's own.</summary>
    public string? Variant { get; init; }

    /// <summary>When it was asked.</summary>
    public DateTimeOffset Asked { get; init; } = DateTimeOffset.Now;

    /// <summary>The answer, without reasoning.</summary>
    public string Answer { get; set; } = "";

    /// <summary>The model's reasoning; null if none.</summary>
    public string? Reasoning { get; set; }

    /// <summary>Tool calls, as JSON; null if none.</summary>
    public string? ToolCalls { get; set; }

    /// <summary>Ids of the whole prompt.</summary>
    public ImmutableArray<int> PromptIds
    {
        get => _details is null ? field : _details.Value.PromptIds;
        init => (field, PromptTokens) = (value, value.Length);
    } = [];

    /// <summary>Length of the prompt.</summary>
    public int PromptTokens { get; init; }

    /// <summary>Generated tokens, including a final stop token.</summary>
    public IReadOnlyList<TurnToken> Tokens => _details is null ? _tokens : _details.Value.Tokens;

    /// <summary>Number of generated tokens.</summary>
    public int GeneratedTokens { get => _details is null ? _tokens.Count : field; init; }

    /// <summary>Ids of prompt and answer.</summary>
    public ImmutableArray<int> Ids => [.. PromptIds, .. Tokens.Select(token => token.Id)];

    /// <summary>Tokens of the prompt whose keys and values were reused.</summary>
    public int ReusedTokens { get; set; }

    /// <summary>Whether some of those were computed by another pipeline.</summary>
    public bool IsMixed { get; set; }

    /// <summary>Why it ended.</summary>
    public FinishReason Finish { get; set; }

    /// <summary>Time from the question to the first token.</summary>
    public TimeSpan TimeToFirstToken { get; set; }

    /// <summary>Time from the first token to the last.</summary>
    public TimeSpan DecodeTime { get; set; }

    /// <summary>Random seed.</summary>
    public ulong Seed { get; set; }

    /// <summary>The receipt; null if nothing was computed.</summary>
    public Receipt? Receipt
    {
        get => _details is null ? field : _details.Value.Receipt;
        set;
    }

    /// <summary>The cost as one line of text; null for a loaded turn.</summary>
    public string? Closing { get; set; }

    /// <summary>If a limit ended the answer, a sentence that says so and what to do; null if the model ended it.</summary>
    public string? Ending => Finish switch
    {
        FinishReason.Budget => $"Stopped: the budget of {Limit} is used up. /budget off lifts it, /retry asks again.",
        FinishReason.Length => $"Stopped after {GeneratedTokens} tokens: /set max-tokens {2 * GeneratedTokens} allows more.",
        FinishReason.ContextFull => "Stopped: the context is full. /clear begins a new conversation, /set context=N a longer context.",
        FinishReason.Cancelled => "Stopped. What came by then is part of the conversation; /retry asks again, /undo takes it back.",
        _ => null,
    };

    private string Limit => Receipt?.Limit is { Amount: { } amount, Currency: { } currency } ? $"{amount} {currency}" : $"{Receipt?.Limit?.ComputeUnits} CU";

    /// <summary>Why there is no answer; null if there is one.</summary>
    public string? Fault { get; set; }

    /// <summary>Computed tokens of the prompt per second.</summary>
    public double PrefillSpeed => Figures.Rate(PromptTokens - ReusedTokens, TimeToFirstToken);

    /// <summary>Tokens after the first, per second.</summary>
    public double DecodeSpeed => Figures.Rate(GeneratedTokens - 1, DecodeTime);

    /// <summary>Adds a token.</summary>
    public void Add(TurnToken token) => _tokens.Add(token);

    /// <summary>Question and answer as messages for the model.</summary>
    public IEnumerable<ChatMessage> Messages => [new("user", Question), AnswerMessage];

    private ChatMessage AnswerMessage => new("assistant", Answer) { Reasoning = Reasoning, ToolCalls = ToolCalls is null ? null : System.Text.Json.JsonDocument.Parse(ToolCalls).RootElement };
}

/// <summary>The large data of a saved turn.</summary>
/// <param name="PromptIds">Ids of the whole prompt.</param>
/// <param name="Tokens">Generated tokens.</param>
/// <param name="Receipt">The receipt.</param>
internal sealed record TurnDetails(ImmutableArray<int> PromptIds, ImmutableArray<TurnToken> Tokens, Receipt? Receipt);

/// <summary>A token of an answer.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its text alone; an incomplete character is U+FFFD.</param>
/// <param name="LogProbability">Natural logarithm of its probability under the model's own distribution; null if unknown.</param>
/// <param name="Top">The most likely tokens in its place, best first.</param>
/// <param name="At">Time since the question.</param>
internal sealed record TurnToken(int Id, string Text, double? LogProbability, ImmutableArray<Alternative> Top, TimeSpan At)
{
    /// <summary>Its cost in CU; that of the first token includes reading the prompt. Null if unknown.</summary>
    public decimal? ComputeUnits { get; init; }

    /// <summary>[L]: its number of experts; empty for a dense model, or if unknown.</summary>
    public ImmutableArray<int> Experts { get; init; } = [];
}

/// <summary>An alternative token.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its text.</param>
/// <param name="LogProbability">Natural logarithm of its probability.</param>
internal sealed record Alternative(int Id, string Text, double LogProbability);
