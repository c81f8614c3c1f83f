using System.Collections.Immutable;
using Spud.Generation;
using Spud.Metering;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl;

/// <summary>
/// A question and its answer, with everything that is known of how it came about. While it is answered, its thread changes it: others use
/// what events carry, and the turn itself after <see cref="TurnFinished"/>.
/// </summary>
internal sealed class Turn
{
    private readonly List<TurnToken> _tokens = [];
    private readonly Lazy<TurnDetails>? _details;

    /// <summary>A turn that is being asked.</summary>
    public Turn()
    {
    }

    /// <summary>A turn that was saved.</summary>
    /// <param name="details">Reads what is large, when it is asked for.</param>
    public Turn(Func<TurnDetails> details) => _details = new(details);

    /// <summary>Its place in the conversation, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>What was asked.</summary>
    public required string Question { get; init; }

    /// <summary>The pipeline that answered, as it was frozen.</summary>
    public required FrozenPipeline Pipeline { get; init; }

    /// <summary>Name of the pipeline among others that answer the same question; null: it is the session's own.</summary>
    public string? Variant { get; init; }

    /// <summary>When it was asked.</summary>
    public DateTimeOffset Asked { get; init; } = DateTimeOffset.Now;

    /// <summary>The answer proper.</summary>
    public string Answer { get; set; } = "";

    /// <summary>What the model thought before; null: nothing.</summary>
    public string? Reasoning { get; set; }

    /// <summary>Calls of tools, as JSON; null: none.</summary>
    public string? ToolCalls { get; set; }

    /// <summary>Ids of the whole prompt.</summary>
    public ImmutableArray<int> PromptIds
    {
        get => _details is null ? field : _details.Value.PromptIds;
        init => (field, PromptTokens) = (value, value.Length);
    } = [];

    /// <summary>Length of the prompt.</summary>
    public int PromptTokens { get; init; }

    /// <summary>What was generated, a final stop token included.</summary>
    public IReadOnlyList<TurnToken> Tokens => _details is null ? _tokens : _details.Value.Tokens;

    /// <summary>How many of them.</summary>
    public int GeneratedTokens { get => _details is null ? _tokens.Count : field; init; }

    /// <summary>Ids of prompt and answer.</summary>
    public ImmutableArray<int> Ids => [.. PromptIds, .. Tokens.Select(token => token.Id)];

    /// <summary>Of the prompt, tokens whose keys and values were there already.</summary>
    public int ReusedTokens { get; set; }

    /// <summary>Whether some of those were computed by another pipeline than this one.</summary>
    public bool IsMixed { get; set; }

    /// <summary>Why it ended.</summary>
    public FinishReason Finish { get; set; }

    /// <summary>From the question to the first token.</summary>
    public TimeSpan TimeToFirstToken { get; set; }

    /// <summary>From the first token to the last.</summary>
    public TimeSpan DecodeTime { get; set; }

    /// <summary>Start of the random numbers.</summary>
    public ulong Seed { get; set; }

    /// <summary>The bill; null: nothing was computed.</summary>
    public Receipt? Receipt
    {
        get => _details is null ? field : _details.Value.Receipt;
        set;
    }

    /// <summary>What it took, in one line for people; null for a turn that was loaded.</summary>
    public string? Closing { get; set; }

    /// <summary>One sentence where a limit ended the answer, with what to do; null: the model ended it.</summary>
    public string? Ending => Finish switch
    {
        FinishReason.Budget => $"Stopped: the budget of {Limit} is used up. /budget off lifts it, /retry asks again.",
        FinishReason.Length => $"Stopped after {GeneratedTokens} tokens: /set max-tokens {2 * GeneratedTokens} allows more.",
        FinishReason.ContextFull => "Stopped: the context is full. /clear begins a new conversation, /set context=N a longer context.",
        FinishReason.Cancelled => "Stopped. What came by then is part of the conversation; /retry asks again, /undo takes it back.",
        _ => null,
    };

    private string Limit => Receipt?.Limit is { Amount: { } amount, Currency: { } currency } ? $"{amount} {currency}" : $"{Receipt?.Limit?.ComputeUnits} CU";

    /// <summary>Why there is no answer; null: there is one.</summary>
    public string? Fault { get; set; }

    /// <summary>Tokens of the prompt that were computed, per second.</summary>
    public double PrefillSpeed => Figures.Rate(PromptTokens - ReusedTokens, TimeToFirstToken);

    /// <summary>Tokens after the first, per second.</summary>
    public double DecodeSpeed => Figures.Rate(GeneratedTokens - 1, DecodeTime);

    /// <summary>Adds a token.</summary>
    public void Add(TurnToken token) => _tokens.Add(token);

    /// <summary>Question and answer as the model reads them.</summary>
    public IEnumerable<ChatMessage> Messages => [new("user", Question), AnswerMessage];

    private ChatMessage AnswerMessage => new("assistant", Answer) { Reasoning = Reasoning, ToolCalls = ToolCalls is null ? null : System.Text.Json.JsonDocument.Parse(ToolCalls).RootElement };
}

/// <summary>What is large of a saved turn.</summary>
/// <param name="PromptIds">Ids of the whole prompt.</param>
/// <param name="Tokens">What was generated.</param>
/// <param name="Receipt">The bill.</param>
internal sealed record TurnDetails(ImmutableArray<int> PromptIds, ImmutableArray<TurnToken> Tokens, Receipt? Receipt);

/// <summary>A token of an answer.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What it says by itself; half a character is U+FFFD.</param>
/// <param name="LogProbability">Natural logarithm of its probability under the model's own distribution; null: not known.</param>
/// <param name="Top">The most likely tokens in its place, best first.</param>
/// <param name="At">When it came, from the question on.</param>
internal sealed record TurnToken(int Id, string Text, double? LogProbability, ImmutableArray<Alternative> Top, TimeSpan At)
{
    /// <summary>What it took, in CU; the first one's includes reading the prompt. Null: not known.</summary>
    public decimal? ComputeUnits { get; init; }

    /// <summary>[L]: experts that it was given; empty for a dense model, or where they are not known.</summary>
    public ImmutableArray<int> Experts { get; init; } = [];
}

/// <summary>A token that might have been chosen.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What it says.</param>
/// <param name="LogProbability">Natural logarithm of its probability.</param>
internal sealed record Alternative(int Id, string Text, double LogProbability);
