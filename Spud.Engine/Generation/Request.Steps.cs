using System.Collections.Immutable;
using System.Diagnostics;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;

namespace Spud.Generation;

/// <summary>What the loop does with a request, on its thread.</summary>
public sealed partial class Request
{
    private int _token;
    private long _billed;
    private long _told;
    private long[]? _experts;

    /// <summary>Ids to be continued.</summary>
    internal int[] Prompt { get; }

    /// <summary>Largest number of tokens that can come of it.</summary>
    internal int MaxTokens { get; }

    /// <summary>What it may cost at most; null: no limit.</summary>
    internal Budget? Budget { get; }

    internal float Effort { get; }

    /// <summary>The text; null before it begins and after it ended, where it is the request's own.</summary>
    internal Sequence? Sequence { get; private set; }

    /// <summary>Whether the sequence was opened for it and goes with it.</summary>
    internal bool OwnsSequence { get; }

    internal bool IsCancelled => _cancellation.IsCancellationRequested;

    /// <summary>Largest number of tokens that its sequence will still take in.</summary>
    internal int TokensLeft => Math.Max(0, Prompt.Length + MaxTokens - 1 - (Sequence?.Tokens ?? 0));

    /// <summary>Takes a sequence and goes back to what it has in common with the prompt.</summary>
    /// <param name="sequence">Its own, or empty.</param>
    /// <exception cref="BudgetExceededException">Reading the prompt may cost more than the budget.</exception>
    internal void Admit(Sequence sequence)
    {
        Sequence = sequence;

        // The last token's logits are wanted, so it is read in any case.
        int common = sequence.Ids.CommonPrefixLength(Prompt.AsSpan(0, Prompt.Length - 1));
        sequence.Truncate(sequence.CanTruncate(common) ? common : 0);
        sequence.Cancellation = _cancellation.Token;
        sequence.Effort = Effort;
        ReusedTokens = sequence.Tokens;
        Ledger = sequence.StartLedger(Budget);
        Ledger.ReusedTokens = ReusedTokens;
        sequence.RequirePrompt(Prompt.Length - ReusedTokens);
        foreach (int id in Prompt)
            _sampler.Value.Accept(id);

        State = RequestState.Prefilling;
    }

    /// <summary>Adds its next rows to a step, as many as fit.</summary>
    /// <returns>Whether any did.</returns>
    internal bool Fill(Batch batch)
    {
        if (State == RequestState.Prefilling)
            return batch.Fill(Sequence!, Prompt.AsSpan(Sequence!.Tokens), Phase.Prefill, LogitRows.Last) > 0;

        return batch.Fill(Sequence!, [_token], Phase.Decode, LogitRows.Last) > 0;
    }

    /// <summary>Decides on the effort of the next token; false where the budget does not cover it.</summary>
    internal bool Prepare()
    {
        if (!Sequence!.Affords(1, Phase.Decode, LogitRows.Last))
            return false;

        Sequence.Steer(Math.Max(1, MaxTokens - GeneratedTokens), Effort);
        return true;
    }

    /// <summary>Takes what a step computed for it: once the prompt is read, a token is chosen and pushed.</summary>
    /// <param name="batch">The step.</param>
    /// <param name="entry">Its place in it.</param>
    /// <returns>FLOPs of the step's rows that are its own.</returns>
    internal long Take(Batch batch, int entry)
    {
        if (Sequence!.Tokens >= Prompt.Length)
            Choose(batch.Logits(entry));

        long before = _billed;
        return (_billed = Ledger!.Flops) - before;
    }

    private void Choose(Span<float> logits)
    {
        State = RequestState.Decoding;
        _token = _sampler.Value.Sample(logits);
        _sampler.Value.Accept(_token);
        TimeSpan time = Stopwatch.GetElapsedTime(_start);
        if (GeneratedTokens++ == 0)
            TimeToFirstToken = time;

        DecodeTime = time - TimeToFirstToken;
        string text = Judge(_token);
        Push(new(text, _token, _sampler.Value.LogProbabilities?.Copy()) { Flops = Ledger!.Flops - _told, Experts = Options.Sampling.LogProbabilities > 0 ? ExpertsSinceLast() : default });
        _told = Ledger.Flops;
    }

    private ImmutableArray<int> ExpertsSinceLast()
    {
        PhaseLedger decode = Ledger![Phase.Decode];
        if (!Ledger.IsMixture || decode.Tokens == 0)
            return [];

        _experts ??= new long[Ledger.Layers];
        ImmutableArray<int>.Builder since = ImmutableArray.CreateBuilder<int>(_experts.Length);
        for (int layer = 0; layer < _experts.Length; layer++)
        {
            long all = decode.Of(Roles.Experts, layer).PlanEntries;
            since.Add((int)(all - _experts[layer]));
            _experts[layer] = all;
        }

        return since.MoveToImmutable();
    }

    /// <summary>It has ended: nothing more is computed for it, and its sequence is given back.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="fault">What its reader is told; null: nothing.</param>
    internal void End(FinishReason reason, Exception? fault = null)
    {
        (Finish, State, _fault) = (reason, RequestState.Finished, fault);
        if (Sequence is { } sequence)
        {
            sequence.Cancellation = CancellationToken.None;
            if (OwnsSequence)
                sequence.Dispose();
        }

        Sequence = null;
        Ledger?.Close(OutcomeOf(reason));
        _span!.End(this);
    }

    /// <summary>Tells the reader, when the loop uses neither request nor engine any more.</summary>
    internal void Complete()
    {
        string rest = _fault is null && _stops.MatchedString is null ? _stops.Append(_decoder.Flush()) + _stops.Flush() : "";
        if (rest.Length > 0)
            Push(new(rest, null, null));

        _pieces.Writer.Complete(_fault);
        lock (_gate)
        {
            _ended.SetResult();
            Monitor.Pulse(_gate);
        }
    }

    private void Push(in TextPiece piece)
    {
        if (!_pieces.Writer.TryWrite(piece))
            throw new InvalidOperationException($"request: {MaxTokens + 1} pieces were expected of at most {MaxTokens} tokens, and there are more");

        lock (_gate)
            Monitor.Pulse(_gate);
    }

    private string Judge(int token)
    {
        if (_stops.IsStopToken(token))
        {
            Finish = FinishReason.StopToken;
            return "";
        }

        string text = _stops.Append(_decoder.Append(token));
        if (_stops.MatchedString is not null)
            Finish = FinishReason.StopString;
        else if (GeneratedTokens == Options.MaxTokens)
            Finish = FinishReason.Length;
        else if (GeneratedTokens == MaxTokens)
            Finish = FinishReason.ContextFull;

        return text;
    }

    private static RequestOutcome OutcomeOf(FinishReason reason) => reason switch
    {
        FinishReason.Budget => RequestOutcome.StoppedByBudget,
        FinishReason.Refused => RequestOutcome.Refused,
        FinishReason.Failed => RequestOutcome.Failed,
        FinishReason.Cancelled => RequestOutcome.Cancelled,
        _ => RequestOutcome.Finished,
    };
}
