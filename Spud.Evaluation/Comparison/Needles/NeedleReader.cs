using System.Diagnostics;
using Spud.Execution;
using Spud.Sampling;

namespace Spud.Evaluation.Comparison;

/// <summary>Reads contexts in one pipeline and asks about them. A context is read once for all its questions if the cache can return to its end.</summary>
internal sealed class NeedleReader(ComparedPipeline pipeline) : IDisposable
{
    private readonly Engine _engine = pipeline.Model.Engine;
    private readonly Batch _batch = pipeline.Model.Engine.NewBatch();
    private Sequence? _sequence;

    /// <summary>Reads a context and asks its questions.</summary>
    /// <returns>By question: whether the answer was right, and whether the cache saw the question when it decided what to keep.</returns>
    public (bool Correct, bool QuestionSeen)[] Read(NeedleContext context, NeedleCost cost, CancellationToken cancellation)
    {
        _engine.TakePeakPageBytes();
        long start = Stopwatch.GetTimestamp();
        Begin(context, cancellation);
        (cost.PrefillTokens, cost.PrefillSeconds) = (context.Ids.Length, Stopwatch.GetElapsedTime(start).TotalSeconds);
        cost.KeptBytes = _sequence!.Ledger.KeptBytes;
        (bool, bool)[] outcomes = new (bool, bool)[context.Questions.Length];
        for (int i = 0; i < outcomes.Length; i++)
        {
            if (i > 0)
                GoBack(context, cost, cancellation);

            outcomes[i] = Ask(context.Questions[i], cost);
        }

        cost.PeakPageBytes = _engine.TakePeakPageBytes();
        cost.Flops += _sequence.Ledger.Flops;
        End();
        return outcomes;
    }

    public void Dispose()
    {
        End();
        _batch.Dispose();
    }

    private void Begin(NeedleContext context, CancellationToken cancellation)
    {
        End();
        _sequence = _engine.Open();
        _sequence.Cancellation = cancellation;
        while (_sequence.Tokens < context.Ids.Length)
            Step(context.Ids.AsSpan(_sequence.Tokens), Phase.Prefill, LogitRows.None);
    }

    private void GoBack(NeedleContext context, NeedleCost cost, CancellationToken cancellation)
    {
        if (_sequence!.CanTruncate(context.Ids.Length))
        {
            _sequence.Truncate(context.Ids.Length);
            return;
        }

        cost.Flops += _sequence.Ledger.Flops;
        Begin(context, cancellation);
    }

    private (bool Correct, bool QuestionSeen) Ask(NeedleQuestion question, NeedleCost cost)
    {
        int toBorder = _sequence!.RowsToReview, begin = _sequence.Tokens;
        int[] ids = question.Ids(pipeline.Model.Tokenizer);
        for (int read = 0; read < ids.Length;)
            read += Step(ids.AsSpan(read), Phase.Prefill, LogitRows.Last);

        List<int> written = [];
        int next = Next(), most = question.AnswerTokens(pipeline.Model.Tokenizer);
        long start = Stopwatch.GetTimestamp();
        while (written.Count < most && !pipeline.Model.Tokenizer.EndOfGeneration.Contains(next))
        {
            written.Add(next);
            Step([next], Phase.Decode, LogitRows.Last);
            next = Next();
        }

        cost.DecodeTokens += written.Count;
        cost.DecodeSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (question.IsAnsweredBy(pipeline.Model.Tokenizer.Decode([.. written], renderSpecial: false)), _sequence.Tokens - begin >= toBorder);
    }

    private int Next() => Selection.ArgMax(_batch.Logits(0), out _);

    private int Step(ReadOnlySpan<int> tokens, Phase phase, LogitRows logits)
    {
        int rows = _engine.Step(_batch, _sequence!, tokens, phase, logits);
        _sequence!.Cancellation.ThrowIfCancellationRequested();
        return rows;
    }

    private void End()
    {
        _sequence?.Dispose();
        _sequence = null;
    }
}
