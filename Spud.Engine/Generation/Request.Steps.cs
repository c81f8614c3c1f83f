using System.Collections.Immutable;
using System.Diagnostics;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;
using Spud.Sampling;

namespace Spud.Generation;

/// <summary>The part of a request that runs on the loop's thread.</summary>
public sealed partial class Request
{
    private int _token;
    private long _billed;
    private long _told;
    private long[]? _experts;
    private DecodeEfforts _efforts;

    /// <summary>The ids to continue.</summary>
    internal int[] Prompt { get; }

    /// <summary>Maximum number of generated tokens.</summary>
    internal int MaxTokens { get; }

    /// <summary>Maximum cost; null for no limit.</summary>
    internal Budget? Budget { get; }

    internal float Effort { get; }

    internal DraftPreference Prefer { get; }

    /// <summary>The text; null before the request begins and, if the sequence is the request's own, after it ends.</summary>
    internal Sequence? Sequence { get; private set; }

    /// <summary>Whether the sequence was opened for the request and is disposed with it.</summary>
    internal bool OwnsSequence { get; }

    internal bool IsCancelled => _cancellation.IsCancellationRequested;

    /// <summary>Adds its next rows to a step, as far as they fit.</summary>
    /// <returns>Number of rows added.</returns>
    internal int Fill(Batch batch, int maxRows)
    {
        if (State == RequestState.Decoding)
            return batch.Fill(Sequence!, [_token], Phase.Decode, LogitRows.Last);

        if (_released is not null)
            return FillAgain(batch, maxRows);

        (int read, int rows) = (Sequence!.Tokens, Math.Min(maxRows, TokensToRead));
        return batch.Fill(Sequence, Prompt.AsSpan(read, rows), Phase.Prefill, read + rows == Prompt.Length ? LogitRows.Last : LogitRows.None);
    }

    /// <summary>Sets the effort of the next token; false if the budget does not cover it.</summary>
    internal bool Prepare()
    {
        if (!Sequence!.Affords(1, Phase.Decode, LogitRows.Last))
            return false;

        Sequence.Steer(Math.Max(1, MaxTokens - GeneratedTokens), Effort);
        _efforts.Set(GeneratedTokens - 1, Sequence.Effort, Effort, MaxTokens);
        return true;
    }

    /// <summary>Processes the results of a step: once the text is read, chooses a token and pushes it.</summary>
    /// <param name="batch">The step.</param>
    /// <param name="entry">Index of its entry in the step.</param>
    /// <param name="pricePerCu">The scheduler's price, in nano-units.</param>
    /// <returns>FLOPs of its own rows in the step.</returns>
    internal long Take(Batch batch, int entry, long pricePerCu)
    {
        if (_released is not null)
            return TakeReadAgain();

        if (_draft is { PickedCount: > 0 } or { Fault: not null })
            GivePicked(batch.Entries[entry].Rows);
        else if (Sequence!.Tokens >= Prompt.Length)
            Choose(batch.Logits(entry));

        _draft?.Clear();

        long flops = Ledger!.Flops - _billed;
        _billed += flops;
        Ledger.ChargeMarket(pricePerCu, flops);
        return flops;
    }

    private void Choose(Span<float> logits)
    {
        // Others may begin alike.
        if (_prefixes is not null && GeneratedTokens == 0 && OwnsSequence && Prompt.Length >= ReusedTokens + PrefixId.BlockTokens)
            Engine.Kept.KeepBeginning(Sequence!, _prefixes);

        State = RequestState.Decoding;
        long flops = Ledger!.Flops - _told;
        bool isDecoded = GeneratedTokens > 0;
        Give(Pick(logits, default, GeneratedTokens + 1), flops);
        if (isDecoded)
            CountDraft(0, 0, flops);
    }

    /// <summary>Chooses a token, and determines what it means for the text.</summary>
    /// <param name="logits">Logits of the row before it.</param>
    /// <param name="proposal">What a drafter proposed there.</param>
    /// <param name="number">Number of generated tokens with this one.</param>
    private PickedToken Pick(Span<float> logits, in Proposal proposal, int number)
    {
        int token = _cursor is null ? _sampler.Value.Sample(logits, proposal) : _sampler.Value.Sample(logits, _cursor.Value.Allowed(), proposal);
        _sampler.Value.Accept(token);
        _cursor?.Value.Accept(token);
        return new(token, Judge(token, number), _sampler.Value.LogProbabilities?.Copy());
    }

    private void Give(in PickedToken picked, long flops)
    {
        _token = picked.Token;
        TimeSpan time = Stopwatch.GetElapsedTime(_start);
        if (GeneratedTokens++ == 0)
            TimeToFirstToken = time;

        DecodeTime = time - TimeToFirstToken;
        Push(new(picked.Text, _token, picked.LogProbabilities) { Flops = flops, Experts = Options.Sampling.LogProbabilities > 0 ? ExpertsSinceLast() : default });
        _told += flops;
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

    /// <summary>Ends the request: nothing more is computed for it, and its sequence is released.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="fault">The exception for its reader; null if none.</param>
    internal void End(FinishReason reason, Exception? fault = null)
    {
        (Finish, State, _fault) = (reason, RequestState.Finished, fault);
        if (Sequence is not null)
            LeaveSequence(reason is FinishReason.Failed or FinishReason.Refused ? null : _prefixes);
        if (_own is not null)
            Engine.Kept.Forget(_own);
        if (_swapped is not null)
            Engine.Parts.Swap!.Forget(_swapped);
        if (_cursor?.IsValueCreated == true)
            _cursor.Value.Dispose();

        Ledger?.Close(OutcomeOf(reason));
        _span!.End(this);
    }

    /// <summary>Notifies the reader, once the loop no longer uses the request or the engine.</summary>
    internal void Complete()
    {
        // Tokens that were picked in a step that was not committed are not part of the answer.
        string rest = _fault is null && _stops.MatchedString is null && _draft is not { PickedCount: > 0 } ? _stops.Append(_decoder.Flush()) + _stops.Flush() : "";
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

    private string Judge(int token, int number)
    {
        if (_stops.IsStopToken(token))
        {
            Finish = FinishReason.StopToken;
            return "";
        }

        string text = _stops.Append(_decoder.Append(token));
        if (_stops.MatchedString is not null)
            Finish = FinishReason.StopString;
        else if (_cursor?.Value.IsComplete == true)
            Finish = FinishReason.StopToken;
        else if (number == Options.MaxTokens)
            Finish = FinishReason.Length;
        else if (number == MaxTokens)
            Finish = FinishReason.ContextFull;

        return text;
    }

    private static RequestOutcome OutcomeOf(FinishReason reason) => reason switch
    {
        FinishReason.Budget => RequestOutcome.StoppedByBudget,
        FinishReason.Refused => RequestOutcome.Refused,
        FinishReason.Failed => RequestOutcome.Failed,
        FinishReason.Cancelled => RequestOutcome.Cancelled,
        FinishReason.Expired => RequestOutcome.Expired,
        _ => RequestOutcome.Finished,
    };
}
