using Spud.Execution;
using Spud.Metering;

namespace Spud.Generation;

/// <summary>How a request gets its sequence, gives it back, and continues afterwards.</summary>
public sealed partial class Request
{
    private int[]? _released;
    private long _readAgain;
    private readonly PrefixOwner? _prefixes;
    private PrefixOwner? _own;
    private SwappedText? _swapped;

    /// <summary>Maximum number of tokens that its sequence will still take.</summary>
    internal int TokensLeft => Math.Max(0, Prompt.Length + MaxTokens - 1 - (Sequence?.Tokens ?? 0));

    /// <summary>Number of tokens to be read before the next one can be generated.</summary>
    internal int TokensToRead => Math.Max(0, TextToRead.Length - (Sequence?.Tokens ?? 0));

    /// <summary>The phase of its next row.</summary>
    internal Phase NextPhase => State == RequestState.Decoding || (_released is not null && Sequence!.Tokens >= Prompt.Length && Engine.KeysDependOnPhase) ? Phase.Decode : Phase.Prefill;

    /// <summary>Number of tokens that its sequence will take soon: the rest of its text, and some of the answer.</summary>
    /// <param name="answer">Number of tokens of the answer.</param>
    internal int TokensSoon(int answer) => Math.Min(TokensLeft, Math.Max(TextToRead.Length, Prompt.Length) - (Sequence?.Tokens ?? 0) + answer);

    private ReadOnlySpan<int> TextToRead => _released ?? Prompt;

    /// <summary>The kept text that has the longest part of what it is to read; null if none.</summary>
    internal PrefixMatch? FindPrefix()
    {
        if (!OwnsSequence || (_prefixes ?? _own) is not { } owner)
            return null;

        // The logits of a prompt's last token are needed, so it is always read.
        return _released is null ? Engine.Kept.Find(owner, Prompt, Prompt.Length - 1) : Engine.Kept.Find(owner, _released, _released.Length);
    }

    /// <summary>
    /// Whether another request is reading a prompt that begins like this one's, and may share it: it is cheaper to wait until that is read than to read the same twice.
    /// </summary>
    /// <param name="other">A request that runs.</param>
    /// <param name="found">Number of tokens that need not be read anyway.</param>
    internal bool WaitsFor(Request other, int found) =>
        _released is null && other._released is null && OwnsSequence && other.OwnsSequence && _prefixes is not null && _prefixes == other._prefixes && other.State == RequestState.Prefilling
        && Prompt.AsSpan(0, Prompt.Length - 1).CommonPrefixLength(other.Prompt) >= found + 2 * PrefixId.BlockTokens;

    /// <summary>Assigns a sequence and truncates it to its common prefix with the text.</summary>
    /// <param name="sequence">The request's own sequence, or an empty one.</param>
    /// <param name="match">A kept text whose beginning an empty sequence takes over; null if none.</param>
    /// <exception cref="BudgetExceededException">Reading the prompt may cost more than the budget.</exception>
    internal void Admit(Sequence sequence, PrefixMatch? match)
    {
        Sequence = sequence;
        if (!TrySwapIn(sequence, ref match) && match is { } kept)
            Engine.Kept.Restore(kept, sequence);

        sequence.Cancellation = _cancellation.Token;
        if (_released is null)
            Start(sequence, match);
        else if (!TryResume())
            (_, _readAgain) = (sequence.StartLedger(), 0);
    }

    private void Start(Sequence sequence, PrefixMatch? match)
    {
        (int before, int same) = match is { } kept ? (kept.Text.Tokens, kept.Common) : (sequence.Tokens, sequence.Ids.CommonPrefixLength(Prompt));
        int common = sequence.Ids.CommonPrefixLength(Prompt.AsSpan(0, Prompt.Length - 1));
        sequence.Truncate(sequence.CanTruncate(common) ? common : 0);
        sequence.Effort = Effort;
        ReusedTokens = sequence.Tokens;
        Ledger = sequence.StartLedger(Budget);
        Ledger.ReusedTokens = ReusedTokens;
        if (Engine.Parts.Drafter is not null)
            Ledger.CountDrafts(Prefer);
        Ledger.FirstDifference = ReusedTokens > 0 && same < Math.Min(before, Prompt.Length) ? same : null;
        sequence.RequirePrompt(Prompt.Length - ReusedTokens);
        foreach (int id in Prompt)
            _sampler.Value.Accept(id);

        State = RequestState.Prefilling;
    }

    /// <summary>
    /// Gives the sequence back; the request waits until it is admitted again, and its text is then read again without being billed. The pages are kept as
    /// long as nobody else needs them.
    /// </summary>
    /// <param name="secondsPerRow">Time that reading a row takes.</param>
    internal void Release(double secondsPerRow)
    {
        // One that is released while it reads again keeps what it had to read.
        if (_released is null)
        {
            _released = Sequence!.Ids.ToArray();
            _swapped = Engine.Parts.Swap?.Write(Sequence, secondsPerRow);
        }

        LeaveSequence(_prefixes ?? (_own ??= new($"{Arrival}", Effort, IsShared: false)));
        State = RequestState.Waiting;
        Ledger!.KeepBytes(0);
        Releases++;
    }

    /// <summary>Reads the text from its file, unless all of it is still in kept pages.</summary>
    private bool TrySwapIn(Sequence sequence, ref PrefixMatch? match)
    {
        if (_swapped is not { } file)
            return false;

        _swapped = null;
        bool isKept = match?.Tokens == _released!.Length, isRead = false;
        if (!isKept)
        {
            // This may give up the very text that was found.
            Engine.MakeRoomFor(_released.Length);
            isRead = Engine.Parts.Swap!.Read(file, sequence);
            match = isRead ? null : FindPrefix();
        }

        Engine.Parts.Swap!.Forget(file);
        return isRead;
    }

    /// <summary>Ends the use of the sequence; its text is kept for an owner, or for nobody.</summary>
    private void LeaveSequence(PrefixOwner? owner)
    {
        Sequence sequence = Sequence!;
        Sequence = null;
        sequence.Cancellation = CancellationToken.None;
        if (!OwnsSequence)
            return;

        if (owner is null || sequence.Fault is not null || Engine.IsLost)
            sequence.Dispose();
        else
            Engine.Kept.Keep(sequence, owner, TokensAsRead);
    }

    /// <summary>Number of its tokens that were computed as if they had been read as a prompt: with its effort, by components that prefill.</summary>
    private int TokensAsRead => Prompt.Length + (Engine.KeysDependOnPhase ? 0 : Math.Min(_efforts.FirstChange(Effort), MaxTokens));

    // Keys depend on effort and phase, so every row is computed again as it was.
    private int FillAgain(Batch batch, int maxRows)
    {
        int read = Sequence!.Tokens, rows = Math.Min(maxRows, TokensToRead);
        (Sequence.Effort, int sameRows) = _efforts.At(read - Prompt.Length, Effort);
        if (Engine.KeysDependOnPhase && read < Prompt.Length)
            sameRows = Math.Min(sameRows, Prompt.Length - read);

        return batch.Fill(Sequence, _released.AsSpan(read, Math.Min(rows, sameRows)), NextPhase, LogitRows.None);
    }

    /// <summary>Returns the FLOPs of rows that were read again in a step; they are not billed.</summary>
    private long TakeReadAgain()
    {
        long before = _readAgain;
        _readAgain = Sequence!.Ledger.Flops;
        _ = TryResume();
        return _readAgain - before;
    }

    /// <summary>Continues where the request was released, if its text has been read again.</summary>
    private bool TryResume()
    {
        State = RequestState.Prefilling;
        if (TokensToRead > 0)
            return false;

        (_released, Sequence!.Effort) = (null, Effort);
        Sequence.UseLedger(Ledger!);
        if (GeneratedTokens > 0)
            State = RequestState.Decoding;

        return true;
    }
}
