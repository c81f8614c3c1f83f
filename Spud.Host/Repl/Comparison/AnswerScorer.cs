using System.Collections.Immutable;
using Spud.Execution;

namespace Spud.Host.Repl.Comparison;

/// <summary>Scores the reference's answer with other pipelines, token by token as in decoding.</summary>
internal static class AnswerScorer
{
    /// <summary>Maximum tokens of an answer that are scored.</summary>
    public const int MaxTokens = 256;

    private const int TokensBetweenReports = 8;

    /// <summary>How well a pipeline predicts an answer; null if its prompt has different token ids than the reference's.</summary>
    /// <param name="turn">The reference's.</param>
    /// <param name="before">The conversation so far.</param>
    /// <param name="by">The pipeline that predicts.</param>
    /// <param name="reference">The pipeline that answered; null if it is not available.</param>
    /// <param name="progress">Receives from time to time how many tokens are scored, and of how many.</param>
    /// <param name="cancellation">Cancels the scoring.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static AnswerQuality? Score(Turn turn, Conversation before, Responder by, Responder? reference, Action<int, int> progress, CancellationToken cancellation)
    {
        ImmutableArray<int> prompt = turn.PromptIds;
        if (!by.Model.Encode(before.With(by.Model, turn.Question)).AsSpan().SequenceEqual(prompt.AsSpan()))
            return null;

        int[] answer = [.. turn.Tokens.Take(Math.Min(MaxTokens, by.Model.Pipeline.Limits.ContextTokens - prompt.Length)).Select(token => token.Id)];
        if (answer.Length == 0)
            return null;

        progress(0, answer.Length);
        using Reading theirs = new(by, prompt.AsSpan());
        using Reading? ours = reference is null || ReferenceEquals(reference.Model, by.Model) ? null : new(reference, prompt.AsSpan());
        double logProbability = 0, divergence = 0;
        for (int i = 0; i < answer.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (i % TokensBetweenReports == 0)
                progress(i, answer.Length);

            Span<float> logits = theirs.Logits;
            double sum = LogSum(logits);
            logProbability += logits[answer[i]] - sum;
            if (ours is not null)
                divergence += Divergence(ours.Logits, logits, sum);

            if (i + 1 == answer.Length)
                break;

            theirs.Next(answer[i]);
            ours?.Next(answer[i]);
        }

        return new(answer.Length, logProbability / answer.Length, reference is null ? null : divergence / answer.Length);
    }

    // Sum over p (log p - log q).
    private static double Divergence(ReadOnlySpan<float> reference, ReadOnlySpan<float> other, double otherSum)
    {
        double sum = LogSum(reference), divergence = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            double log = reference[i] - sum;
            divergence += Math.Exp(log) * (log - (other[i] - otherSum));
        }

        return Math.Max(0, divergence);
    }

    private static double LogSum(ReadOnlySpan<float> logits)
    {
        float max = float.NegativeInfinity;
        foreach (float logit in logits)
            max = Math.Max(max, logit);

        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - max);

        return max + Math.Log(sum);
    }

    /// <summary>A text that is read in addition to the conversation.</summary>
    private sealed class Reading : IDisposable
    {
        private readonly Batch _batch;
        private readonly Engine _engine;
        private readonly Sequence _text;

        public Reading(Responder by, ReadOnlySpan<int> prompt)
        {
            _engine = by.Model.Engine;
            _text = by.Texts.Beside(prompt, MaxTokens);
            // The conversation's limit does not apply here.
            _text.StartLedger();
            _batch = _engine.NewBatch();
            while (_text.Tokens < prompt.Length)
                _engine.Step(_batch, _text, prompt[_text.Tokens..], Phase.Prefill, LogitRows.Last);
        }

        public Span<float> Logits => _batch.Logits(0);

        public void Next(int id) => _engine.Step(_batch, _text, [id], Phase.Decode, LogitRows.Last);

        public void Dispose() => _batch.Dispose();
    }
}
