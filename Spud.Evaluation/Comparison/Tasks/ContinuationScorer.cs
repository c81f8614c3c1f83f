using Spud.Execution;
using Spud.Metering;
using Spud.Text.Tokenization;

namespace Spud.Evaluation.Comparison;

/// <summary>Scores continuations of a text by their likelihood.</summary>
internal sealed class ContinuationScorer(ComparedPipeline pipeline)
{
    private readonly LanguageModel _model = pipeline.Model;
    private readonly RowDistribution _row = new(pipeline.Model.Pipeline.Model.Vocabulary);

    /// <summary>
    /// Scores continuations. Ids as in the lm-evaluation-harness: text and continuation are encoded together, and the ids after the text's own
    /// are the continuation's; inputs longer than the context are truncated at the front.
    /// </summary>
    /// <returns>For each, its log-likelihood in nats and whether each token is the most likely one; and the total cost.</returns>
    public (Continuation[] Continuations, long Flops) Score(string text, IReadOnlyList<string> continuations, CancellationToken cancellation)
    {
        int first = Ids(text).Length;
        int[][] all = [.. continuations.Select(continuation => Ids(text + continuation))];
        Continuation[] scores = new Continuation[all.Length];
        Sequence sequence = Open(cancellation);
        using Batch batch = _model.Engine.NewBatch();
        long flops = 0;
        try
        {
            for (int i = 0; i < all.Length; i++)
            {
                // The common beginning with the previous one is kept; its last token is read again, because it predicts.
                int kept = i == 0 ? 0 : Math.Min(all[i].AsSpan().CommonPrefixLength(all[i - 1]), Math.Min(first, Math.Min(all[i].Length, all[i - 1].Length) - 1) - 1);
                (sequence, long before) = Back(sequence, Math.Max(kept, 0), cancellation);
                flops += before;
                scores[i] = Score(batch, sequence, all[i], Math.Min(first, all[i].Length - 1), cancellation);
            }

            return (scores, flops + sequence.Ledger.Flops);
        }
        finally
        {
            sequence.Dispose();
        }
    }

    private int[] Ids(string text)
    {
        Tokenizer tokenizer = _model.Tokenizer;
        List<int> ids = tokenizer is { AddsBos: true, Bos: { } bos } ? [bos] : [];
        tokenizer.EncodePiece(text, followsSpecial: true, ids);
        return [.. ids];
    }

    /// <summary>Truncates to a length; if the cache cannot, begins a new sequence and returns the cost of the old one.</summary>
    private (Sequence Sequence, long Flops) Back(Sequence sequence, int tokens, CancellationToken cancellation)
    {
        tokens = Math.Min(tokens, sequence.Tokens);
        if (sequence.CanTruncate(tokens))
        {
            sequence.Truncate(tokens);
            return (sequence, 0);
        }

        Ledger ledger = sequence.Ledger;
        sequence.Dispose();
        return (Open(cancellation), ledger.Flops);
    }

    private Sequence Open(CancellationToken cancellation)
    {
        Sequence sequence = _model.Engine.Open();
        sequence.Cancellation = cancellation;
        return sequence;
    }

    private Continuation Score(Batch batch, Sequence sequence, int[] ids, int first, CancellationToken cancellation)
    {
        // The last id is predicted and never read.
        int over = Math.Max(0, ids.Length - 1 - _model.Pipeline.Limits.ContextTokens);
        (ids, first) = (ids[over..], Math.Max(1, first - over));
        if (over > 0)
            sequence.Truncate(0);

        (double sum, bool greedy) = (0, true);
        while (sequence.Tokens < ids.Length - 1)
        {
            int at = sequence.Tokens;
            bool scored = at >= first - 1;
            int rows = scored ? _model.Engine.Score(batch, sequence, ids.AsSpan(at..^1)) : _model.Engine.Step(batch, sequence, ids.AsSpan(at..(first - 1)), Phase.Prefill, LogitRows.None);
            cancellation.ThrowIfCancellationRequested();
            for (int row = 0; scored && row < rows; row++)
            {
                ReadOnlySpan<float> logits = batch.Logits(0, row);
                _row.Take(logits);
                sum -= _row.Loss(logits, ids[at + row + 1]);
                greedy &= _row.Best == ids[at + row + 1];
            }
        }

        return new(sum, greedy);
    }
}

/// <summary>Likelihood of a continuation.</summary>
/// <param name="LogLikelihood">In nats.</param>
/// <param name="IsGreedy">Whether each of its tokens is the most likely one.</param>
internal readonly record struct Continuation(double LogLikelihood, bool IsGreedy);
