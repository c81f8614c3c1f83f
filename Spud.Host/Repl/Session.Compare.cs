using System.Threading.Channels;
using Spud.Generation;
using Spud.Host.Repl.Comparison;

namespace Spud.Host.Repl;

/// <summary>Asking several pipelines the same question.</summary>
internal sealed partial class Session
{
    private VariantSet? _variants;

    /// <summary>Names of the pipelines that answer the next questions; empty for the session's own alone.</summary>
    public IReadOnlyList<string> Variants => _variants is null ? [] : [.. _variants.Responders.Select(responder => responder.Name!)];

    /// <summary>Runs a turn again under the current pipeline and compares; the conversation is not changed.</summary>
    /// <param name="number">Number of the turn.</param>
    /// <param name="cancellation">Stops the answer.</param>
    /// <exception cref="BadInputException">There is no such turn, or no pipeline.</exception>
    /// <inheritdoc cref="Ask" path="/exception"/>
    public AnswerComparison Replay(int number, CancellationToken cancellation)
    {
        Turn turn = TurnOf(number);
        Conversation before = Conversation.Before(number);
        Responder by = Own() with { Name = "replay" };
        Turn again = Run(new(by, before, turn.Question, ids => by.Texts.Beside(ids, _settings.MaxTokens), _settings, Report, cancellation), isKept: false);
        Responder? original = turn.Pipeline.Id == by.Pipeline.Frozen.Id ? by : Original(turn);
        try
        {
            ComparedAnswer reference = new($"turn {number}", turn, original?.Pipeline.Explanation.Memory.PrivateBytes) { Quality = Recorded(turn, original) };
            ComparedAnswer replayed = Compared(reference, "replay", again, by) with { Quality = Scored(turn, before, by, original, cancellation) };
            return Reported(new(reference, [replayed]));
        }
        finally
        {
            if (original != by)
                original?.Dispose();
        }
    }

    /// <summary>The pipeline that answered a turn, composed again next to the current one; null if unknown or not composable.</summary>
    private Responder? Original(Turn turn)
    {
        if (turn.Pipeline.Source is not { } source)
        {
            Say($"KL is left out: turn {turn.Number} was saved by a version of Spud that did not record how its pipeline is composed.");
            return null;
        }

        Say($"For KL the pipeline that answered turn {turn.Number} reads its {turn.PromptTokens} prompt tokens again (about {Units.Compute(CostOfReading(turn.PromptTokens))}).");
        Responder? original = null;
        try
        {
            original = Working($"loading the pipeline of turn {turn.Number}", () => Respond($"turn {turn.Number}", source));
            if (original.Pipeline.Frozen.Id == turn.Pipeline.Id)
                return original;

            Say($"KL is left out: the pipeline that answered turn {turn.Number} reads otherwise by now; its files were changed.", NoticeKind.Warning);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Say($"KL is left out: the pipeline that answered turn {turn.Number} cannot be loaded beside the present one: {MessageOf(fault)}", NoticeKind.Warning);
        }

        original?.Dispose();
        return null;
    }

    /// <summary>Has several pipelines answer the next questions; the first one's answers are the conversation.</summary>
    /// <param name="sources">Names and sources; at least two.</param>
    /// <param name="together">Whether their steps alternate; otherwise they answer one after the other, which speed measurements require.</param>
    /// <inheritdoc cref="SessionModels.Load" path="/exception"/>
    public void CompareNext(IReadOnlyList<(string Name, PipelineSource Source)> sources, bool together)
    {
        List<Responder> responders = [];
        try
        {
            foreach ((string name, PipelineSource source) in sources)
                responders.Add(Working($"loading {name}", () => Respond(name, source)));
        }
        catch
        {
            responders.ForEach(responder => responder.Dispose());
            throw;
        }

        StopComparing();
        _variants = new(responders, together);
        Report(new VariantsChanged(Variants));
        Say($"The next questions are answered by {string.Join(", ", Variants.SkipLast(1))} and {Variants[^1]}; the conversation goes on with the first. /ab off ends it.");
    }

    /// <summary>Ends the comparison: only the session's own pipeline answers from now on.</summary>
    public void StopComparing()
    {
        if (_variants is not { } variants)
            return;

        _variants = null;
        foreach (Responder responder in variants.Responders)
            responder.Dispose();

        Report(new VariantsChanged([]));
    }

    /// <summary>Shows details of each token of an answer.</summary>
    /// <exception cref="BadInputException">There is no such turn.</exception>
    public void Why(int number)
    {
        Turn turn = TurnOf(number);
        Report(new TurnInspected(turn));
        Say(WhyText.Of(turn));
    }

    private Responder Respond(string name, PipelineSource source)
    {
        LanguageModel model = _models.Load(source);
        PipelineState state = PipelineState.Of(source, model.Pipeline, _setup.Plugins);
        return new(name, model, new(model.Engine, model.Pipeline.Limits.ContextTokens), state);
    }

    private Turn AskAll(VariantSet variants, string question, CancellationToken cancellation)
    {
        Conversation before = Conversation.Before(Conversation.Turns.Count + 1);
        Turn[] turns = variants.Together ? RunTogether(variants, before, question, cancellation) : RunInTurn(variants, before, question, cancellation);
        Responder first = variants.Responders[0];
        ComparedAnswer reference = new(first.Name!, turns[0], first.Pipeline.Explanation.Memory.PrivateBytes);
        reference = reference with { Quality = Scored(turns[0], before, first, first, cancellation) };
        Reported(new(reference, [.. turns.Zip(variants.Responders).Skip(1).Where(pair => pair.First.Fault is null).Select(pair =>
            Compared(reference, pair.Second.Name!, pair.First, pair.Second) with { Quality = Scored(turns[0], before, pair.Second, first, cancellation) })]));
        return turns[0];
    }

    private Turn[] RunInTurn(VariantSet variants, Conversation before, string question, CancellationToken cancellation)
    {
        List<Turn> turns = [Run(Begin(variants.Responders[0], before, question, cancellation), isKept: true)];
        foreach (Responder other in variants.Responders.Skip(1))
        {
            Answering answering = Begin(other, before, question, cancellation);
            turns.Add(answering.Turn);
            // If one pipeline fails, the failure is reported and the others continue.
            Try(() => Run(answering, isKept: false));
        }

        return [.. turns];
    }

    /// <summary>All requests are open at once, and the step loop alternates between them; text is shown as it arrives.</summary>
    private Turn[] RunTogether(VariantSet variants, Conversation before, string question, CancellationToken cancellation)
    {
        Answering[] all = [.. variants.Responders.Select(responder => Begin(responder, before, question, cancellation))];
        Channel<(int Index, TextPiece Piece)> pieces = Channel.CreateUnbounded<(int, TextPiece)>();
        foreach (Answering answering in all)
            Report(new TurnStarted(answering.Turn));

        _saved.Begin(Conversation, all[0].Turn);
        Task[] readers = [.. all.Select((answering, index) => Task.Run(() => Pump(answering.Request, index, pieces.Writer), CancellationToken.None))];
        Task end = Task.WhenAll(readers).ContinueWith(_ => pieces.Writer.Complete(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        while (pieces.Reader.WaitToReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
        {
            while (pieces.Reader.TryRead(out (int Index, TextPiece Piece) next))
                Take(all[next.Index], next.Piece, isKept: next.Index == 0);
        }

        end.GetAwaiter().GetResult();
        for (int i = 0; i < all.Length; i++)
            Finish(all[i], readers[i].Exception?.InnerException, isKept: i == 0);

        readers[0].GetAwaiter().GetResult();
        return [.. all.Select(answering => answering.Turn)];
    }

    private static async Task Pump(Request request, int index, ChannelWriter<(int Index, TextPiece Piece)> to)
    {
        await foreach (TextPiece piece in request.ConfigureAwait(false))
            await to.WriteAsync((index, piece)).ConfigureAwait(false);
    }

    private void Finish(Answering answering, Exception? fault, bool isKept)
    {
        if (fault is null)
            Complete(answering, isKept);
        else
            answering.Turn.Fault = MessageOf(fault);

        End(answering, isKept);
        if (fault is not null && !isKept)
            Report(new Notice(NoticeKind.Error, $"{answering.Turn.Variant}: {answering.Turn.Fault}") { Cause = fault });
    }

    private static ComparedAnswer Compared(ComparedAnswer reference, string name, Turn turn, Responder by) => new(name, turn, by.Pipeline.Explanation.Memory.PrivateBytes)
    {
        FirstDifference = TokenDifference.First(reference.Turn.Tokens, turn.Tokens),
        Differences = TokenDifference.Between(reference.Turn.Tokens, turn.Tokens),
    };

    private AnswerQuality? Scored(Turn turn, Conversation before, Responder by, Responder? reference, CancellationToken cancellation)
    {
        try
        {
            return AnswerScorer.Score(turn, before, by, reference, (done, all) => Report(new Progress($"scoring the answer under {by.Name}: {done} of {all} tokens")), cancellation);
        }
        finally
        {
            Report(new Progress(null));
        }
    }

    // Computed from the log probabilities recorded with the turn.
    private static AnswerQuality? Recorded(Turn turn, Responder? original)
    {
        double[] known = [.. turn.Tokens.Take(AnswerScorer.MaxTokens).Select(token => token.LogProbability).OfType<double>()];
        return known.Length == 0 ? null : new(known.Length, known.Average(), original is null ? null : 0);
    }

    private AnswerComparison Reported(AnswerComparison comparison)
    {
        Report(new AnswersCompared(comparison));
        Say(ComparisonText.Of(comparison));
        return comparison;
    }

    /// <summary>Pipelines that answer the same questions.</summary>
    /// <param name="Responders">At least two; the first one's answers are the conversation.</param>
    /// <param name="Together">Whether their steps alternate.</param>
    private sealed record VariantSet(IReadOnlyList<Responder> Responders, bool Together);
}
