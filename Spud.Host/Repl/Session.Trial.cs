using System.Diagnostics;
using Spud.Generation;
using Spud.Host.Repl.Storage;

namespace Spud.Host.Repl;

/// <summary>Answers that nobody asked for and nobody sees: the code of an answer is compiled before the first question.</summary>
internal sealed partial class Session
{
    private const string TrialQuestion = "Write a few sentences about the sea.";
    private const int TrialTokens = 48;

    // The runtime optimizes a method once it has been called 30 times, counting from the first moment without new methods.
    private const int Trials = 3;
    private static readonly TimeSpan s_trialTime = TimeSpan.FromSeconds(2);

    // CU per token. For a larger model compiling is a small part of an answer, and a trial would keep the machine busy for long.
    private const double LargestTrial = 2;

    /// <summary>Runs trial answers for up to two seconds, or until cancelled. Nothing of them remains.</summary>
    /// <param name="report">Receives their events.</param>
    /// <param name="cancellation">Ends them.</param>
    public void WarmUp(Action<SessionEvent> report, CancellationToken cancellation)
    {
        if (Pipeline is not { Explanation.Compute.DecodeAtStart.ComputeUnits: < LargestTrial } || _texts is not { Tokens: 0 } texts)
            return;

        try
        {
            using ConversationStore store = ConversationStore.InMemory();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Trials && Stopwatch.GetElapsedTime(start) < s_trialTime && !cancellation.IsCancellationRequested; i++)
                Try(texts, store, report, cancellation);
        }
        catch (Exception fault) when (MessageOf(fault) is { Length: > 0 } text)
        {
            Report(new Notice(NoticeKind.Warning, $"A trial of the pipeline failed: {text}") { Cause = fault });
        }
        finally
        {
            texts.Clear();
        }
    }

    private void Try(HeldTexts texts, ConversationStore store, Action<SessionEvent> report, CancellationToken cancellation)
    {
        TurnSettings settings = _settings with { MaxTokens = TrialTokens, StopStrings = [], Budget = null };
        Conversation conversation = new();
        Answering trial = new(Own(), conversation, TrialQuestion, ids => texts.For(ids, TrialTokens), settings, report, cancellation);
        report(new TurnStarted(trial.Turn));
        store.Begin(conversation, trial.Turn);
        foreach (TextPiece piece in trial.Request.ToBlockingEnumerable())
            trial.Take(piece);

        store.Progress(conversation.Rows[trial.Turn], trial.Answer);
        trial.Complete();
        trial.Close(settings.Prices);
        store.Update(conversation.Rows[trial.Turn], trial.Turn);
        report(new TurnFinished(trial.Turn));
        texts.Clear();
    }
}
