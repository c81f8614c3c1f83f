using Spud.Generation;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl;

/// <summary>Something that happened in a session. Comes on the thread that runs the session, in order; whoever shows it takes it to its own thread.</summary>
internal abstract record SessionEvent;

/// <summary>Work that can take a while began or ended.</summary>
/// <param name="What">Such as "loading model.gguf"; null: it is done.</param>
internal sealed record Progress(string? What) : SessionEvent;

/// <summary>A sentence or a table for the reader.</summary>
/// <param name="Kind">How much it matters.</param>
/// <param name="Text">One or more lines; safe for a terminal only after <see cref="SafeText"/>.</param>
internal sealed record Notice(NoticeKind Kind, string Text) : SessionEvent
{
    /// <summary>What is behind an error, for the log; null: nothing more is known.</summary>
    public Exception? Cause { get; init; }
}

/// <summary>What a notice is.</summary>
internal enum NoticeKind
{
    /// <summary>What a command has to say.</summary>
    Information,

    /// <summary>Something to know that was not asked for.</summary>
    Warning,

    /// <summary>Something was not done; the session goes on.</summary>
    Error,
}

/// <summary>Another pipeline serves from the next turn on.</summary>
/// <param name="Pipeline">The pipeline; null: none is loaded.</param>
internal sealed record PipelineChanged(PipelineState? Pipeline) : SessionEvent;

/// <summary>The conversation is another one, or has other turns than before; it is to be shown anew.</summary>
/// <param name="Conversation">The conversation.</param>
internal sealed record ConversationChanged(Conversation Conversation) : SessionEvent;

/// <summary>Sampling, limits or prices of the next turns are others.</summary>
/// <param name="Settings">As they are now.</param>
internal sealed record SettingsChanged(TurnSettings Settings) : SessionEvent;

/// <summary>A question is being answered.</summary>
/// <param name="Turn">Without an answer so far.</param>
internal sealed record TurnStarted(Turn Turn) : SessionEvent;

/// <summary>Text of an answer.</summary>
/// <param name="Turn">Whose.</param>
/// <param name="Part">What the text belongs to.</param>
/// <param name="Text">Not empty.</param>
internal sealed record AnswerText(Turn Turn, AnswerPart Part, string Text) : SessionEvent;

/// <summary>A token of an answer; its text comes as <see cref="AnswerText"/>, perhaps later.</summary>
/// <param name="Turn">Whose.</param>
/// <param name="Token">The token.</param>
/// <param name="Meter">What the turn took so far.</param>
internal sealed record TokenArrived(Turn Turn, TurnToken Token, Meter Meter) : SessionEvent;

/// <summary>An answer has ended; the turn is complete.</summary>
/// <param name="Turn">With its receipt. One that failed has a <see cref="Turn.Fault"/> and is no part of the conversation.</param>
internal sealed record TurnFinished(Turn Turn) : SessionEvent;

/// <summary>The reader wants to see what is known of each token of an answer. A table of it follows as a <see cref="Notice"/>.</summary>
/// <param name="Turn">Complete.</param>
internal sealed record TurnInspected(Turn Turn) : SessionEvent;

/// <summary>Several pipelines answered one question. A table of it follows as a <see cref="Notice"/>.</summary>
/// <param name="Comparison">Answers, differences by token, quality.</param>
internal sealed record AnswersCompared(Comparison.AnswerComparison Comparison) : SessionEvent;

/// <summary>A line that the reader may edit and enter.</summary>
/// <param name="Line">Such as "/edit 2 What is the capital of France?".</param>
internal sealed record LineOffered(string Line) : SessionEvent;

/// <summary>The user wants to leave.</summary>
internal sealed record SessionEnded : SessionEvent;

/// <summary>What a turn took so far.</summary>
/// <param name="Tokens">Generated.</param>
/// <param name="ComputeUnits">Of prompt and answer.</param>
/// <param name="Limit">What it may cost in CU; null: no limit in CU.</param>
/// <param name="Elapsed">Since the question.</param>
/// <param name="TokensPerSecond">Of the answer; 0 before its second token.</param>
internal readonly record struct Meter(int Tokens, decimal ComputeUnits, decimal? Limit, TimeSpan Elapsed, double TokensPerSecond)
{
    /// <summary>What kind of text it is, as a component tells; null: none does, or not yet.</summary>
    public TextLabel? Label { get; init; }

    /// <summary>The meter of a request that is being read.</summary>
    /// <param name="request">Begun.</param>
    /// <param name="tokens">Read of it.</param>
    /// <param name="elapsed">Since the question.</param>
    public static Meter Of(Request request, int tokens, TimeSpan elapsed) => new(
        tokens, request.Ledger?.ComputeUnits ?? 0, request.Ledger?.Limit?.ComputeUnits, elapsed,
        Figures.Rate(tokens - 1, elapsed - request.TimeToFirstToken)) { Label = request.Ledger?.Label };
}
