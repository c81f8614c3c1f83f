using Spud.Execution;
using Spud.Metering;

namespace Spud.Generation;

/// <summary>How a request gets its sequence, gives it back, and continues afterwards.</summary>
public sealed partial class Request
{
    private int[]? _released;
    private long _readAgain;

    /// <summary>Its place in the order of arrival.</summary>
    internal long Arrival { get; set; }

    /// <summary>Maximum number of tokens that its sequence will still take.</summary>
    internal int TokensLeft => Math.Max(0, Prompt.Length + MaxTokens - 1 - (Sequence?.Tokens ?? 0));

    /// <summary>Number of tokens to be read before the next one can be generated.</summary>
    internal int TokensToRead => Math.Max(0, TextToRead.Length - (Sequence?.Tokens ?? 0));

    /// <summary>Maximum number of rows in the next step while its text is being read.</summary>
    internal int RowsToRead => Math.Min(TokensToRead, Sequence!.RowsToReview);

    /// <summary>The phase of its next row.</summary>
    internal Phase NextPhase => State == RequestState.Decoding || (_released is not null && Sequence!.Tokens >= Prompt.Length && Engine.SplitsPhases) ? Phase.Decode : Phase.Prefill;

    /// <summary>Number of tokens that its sequence will take soon: the rest of its text, and some of the answer.</summary>
    /// <param name="answer">Number of tokens of the answer.</param>
    internal int TokensSoon(int answer) => Math.Min(TokensLeft, Math.Max(TextToRead.Length, Prompt.Length) - (Sequence?.Tokens ?? 0) + answer);

    private ReadOnlySpan<int> TextToRead => _released ?? Prompt;

    /// <summary>Assigns a sequence and truncates it to its common prefix with the text.</summary>
    /// <param name="sequence">The request's own sequence, or an empty one.</param>
    /// <exception cref="BudgetExceededException">Reading the prompt may cost more than the budget.</exception>
    internal void Admit(Sequence sequence)
    {
        Sequence = sequence;
        sequence.Cancellation = _cancellation.Token;
        if (_released is null)
            Start(sequence);
        else if (!TryResume())
            (_, _readAgain) = (sequence.StartLedger(), 0);
    }

    private void Start(Sequence sequence)
    {
        // The last token's logits are needed, so it is always read.
        int common = sequence.Ids.CommonPrefixLength(Prompt.AsSpan(0, Prompt.Length - 1));
        sequence.Truncate(sequence.CanTruncate(common) ? common : 0);
        sequence.Effort = Effort;
        ReusedTokens = sequence.Tokens;
        Ledger = sequence.StartLedger(Budget);
        Ledger.ReusedTokens = ReusedTokens;
        sequence.RequirePrompt(Prompt.Length - ReusedTokens);
        foreach (int id in Prompt)
            _sampler.Value.Accept(id);

        State = RequestState.Prefilling;
    }

    /// <summary>Gives the sequence and its pages back; the request waits until it is admitted again, and its text is then read again without being billed.</summary>
    internal void Release()
    {
        // One that is released while it reads again keeps what it had to read.
        _released ??= Sequence!.Ids.ToArray();
        Sequence!.Dispose();
        (Sequence, State) = (null, RequestState.Waiting);
        Ledger!.KeepBytes(0);
        Releases++;
    }

    // Keys depend on effort and phase, so every row is computed again as it was.
    private int FillAgain(Batch batch, int maxRows)
    {
        int read = Sequence!.Tokens, rows = Math.Min(maxRows, TokensToRead);
        (Sequence.Effort, int sameRows) = _efforts.At(read - Prompt.Length, Effort);
        if (Engine.SplitsPhases && read < Prompt.Length)
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
