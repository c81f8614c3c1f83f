using Spud.Generation;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl;

/// <summary>An event of a session. Events are reported in order, on the session's thread; a view passes them to its own thread.</summary>
internal abstract record SessionEvent;

/// <summary>A long operation began or ended.</summary>
/// <param name="What">Such as "loading model.gguf"; null when it has ended.</param>
internal sealed record Progress(string? What) : SessionEvent;

/// <summary>A message or a table for the user.</summary>
/// <param name="Kind">How much it matters.</param>
/// <param name="Text">One or more lines; safe for a terminal only after <see cref="SafeText"/>.</param>
internal sealed record Notice(NoticeKind Kind, string Text) : SessionEvent
{
    /// <summary>The exception behind an error, for the log; null if there is none.</summary>
    public Exception? Cause { get; init; }
}

/// <summary>Kinds of notices.</summary>
internal enum NoticeKind
{
    /// <summary>Output of a command.</summary>
    Information,

    /// <summary>Information that was not asked for.</summary>
    Warning,

    /// <summary>A failure; the session continues.</summary>
    Error,
}

/// <summary>The pipeline has changed, from the next turn on.</summary>
/// <param name="Pipeline">The pipeline; null if none is loaded.</param>
internal sealed record PipelineChanged(PipelineState? Pipeline) : SessionEvent;

/// <summary>The conversation was replaced or its turns changed; it must be redrawn.</summary>
/// <param name="Conversation">The conversation.</param>
internal sealed record ConversationChanged(Conversation Conversation) : SessionEvent;

/// <summary>Sampling, limits or prices of the next turns have changed.</summary>
/// <param name="Settings">The new settings.</param>
internal sealed record SettingsChanged(TurnSettings Settings) : SessionEvent;

/// <summary>Other pipelines answer the next questions.</summary>
/// <param name="Names">Their names; empty for the session's own pipeline alone.</param>
internal sealed record VariantsChanged(IReadOnlyList<string> Names) : SessionEvent;

/// <summary>A question is being answered.</summary>
/// <param name="Turn">Without an answer so far.</param>
internal sealed record TurnStarted(Turn Turn) : SessionEvent;

/// <summary>Text of an answer.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Part">What the text belongs to.</param>
/// <param name="Text">Not empty.</param>
internal sealed record AnswerText(Turn Turn, AnswerPart Part, string Text) : SessionEvent;

/// <summary>A token of an answer; its text is reported as <see cref="AnswerText"/>, possibly later.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Token">The token.</param>
/// <param name="Meter">The cost of the turn so far.</param>
internal sealed record TokenArrived(Turn Turn, TurnToken Token, Meter Meter) : SessionEvent;

/// <summary>An answer has ended; the turn is complete.</summary>
/// <param name="Turn">With its receipt. One that failed has a <see cref="Turn.Fault"/> and is not part of the conversation.</param>
internal sealed record TurnFinished(Turn Turn) : SessionEvent;

/// <summary>The user asks for details of each token of an answer. A table of it follows as a <see cref="Notice"/>.</summary>
/// <param name="Turn">Complete.</param>
internal sealed record TurnInspected(Turn Turn) : SessionEvent;

/// <summary>Several pipelines answered one question. A table of it follows as a <see cref="Notice"/>.</summary>
/// <param name="Comparison">Answers, differences by token, quality.</param>
internal sealed record AnswersCompared(Comparison.AnswerComparison Comparison) : SessionEvent;

/// <summary>A line for the user to edit and enter.</summary>
/// <param name="Line">Such as "/edit 2 What is the capital of France?".</param>
internal sealed record LineOffered(string Line) : SessionEvent;

/// <summary>The user wants to leave.</summary>
internal sealed record SessionEnded : SessionEvent;

/// <summary>The cost of a turn so far.</summary>
/// <param name="Tokens">Generated.</param>
/// <param name="ComputeUnits">Of prompt and answer.</param>
/// <param name="Limit">Limit in CU; null if there is none.</param>
/// <param name="Elapsed">Time since the question.</param>
/// <param name="TokensPerSecond">Of the answer; 0 before its second token.</param>
internal readonly record struct Meter(int Tokens, decimal ComputeUnits, decimal? Limit, TimeSpan Elapsed, double TokensPerSecond)
{
    /// <summary>The kind of text, as reported by a component; null if none has reported it yet.</summary>
    public TextLabel? Label { get; init; }

    /// <summary>The meter of a request that is being read.</summary>
    /// <param name="request">A running request.</param>
    /// <param name="tokens">Read of it.</param>
    /// <param name="elapsed">Time since the question.</param>
    public static Meter Of(Request request, int tokens, TimeSpan elapsed) => new(
        tokens, request.Ledger?.ComputeUnits ?? 0, request.Ledger?.Limit?.ComputeUnits, elapsed,
        Figures.Rate(tokens - 1, elapsed - request.TimeToFirstToken)) { Label = request.Ledger?.Label };
}
