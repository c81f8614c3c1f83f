using System.Collections.Concurrent;
using Spud.Generation;
using Spud.Metering;

namespace Spud.Server.Models;

/// <summary>The texts that a model generates, and the figures of the last ones that ended. No text is kept.</summary>
internal sealed class OpenTexts
{
    private const int Remembered = 10;

    private readonly ConcurrentDictionary<OpenText, long> _open = new();
    private readonly ConcurrentQueue<EndedText> _ended = new();
    private long _begun;

    /// <summary>The texts that are waiting or being generated, in order of arrival.</summary>
    public IEnumerable<OpenText> Open => _open.ToArray().OrderBy(static entry => entry.Value).Select(static entry => entry.Key);

    /// <summary>The last texts that ended, the oldest first.</summary>
    public IReadOnlyCollection<EndedText> Ended => _ended;

    /// <summary>A text is asked for.</summary>
    public void Begin(OpenText text) => _open[text] = Interlocked.Increment(ref _begun);

    /// <summary>A text has ended, however it did.</summary>
    public void End(OpenText text)
    {
        if (!_open.TryRemove(text, out _) || text.Request.Ledger is not { Tokens: > 0 } ledger)
            return;

        _ended.Enqueue(new(DateTimeOffset.UtcNow, ledger.ComputeUnits, ledger.Tokens, ledger.ReusedTokens, ledger.Outcome));
        while (_ended.Count > Remembered)
            _ended.TryDequeue(out _);
    }
}

/// <summary>A text that is waiting or being generated.</summary>
/// <param name="job">The job that pays for it; null without accounts.</param>
/// <param name="request">What generates it.</param>
/// <param name="budget">The most that it may cost; null for the model's own limit.</param>
/// <param name="terms">Who pays, and what the scheduler knows.</param>
internal sealed class OpenText(string? job, Request request, Budget? budget, JobTerms terms)
{
    /// <summary>The job that pays for it; null without accounts.</summary>
    public string? Job => job;

    /// <summary>What generates it.</summary>
    public Request Request => request;

    /// <summary>The most that it may cost; null for the model's own limit.</summary>
    public Budget? Budget => budget;

    /// <summary>Who pays, and what the scheduler knows.</summary>
    public JobTerms Terms => terms;
}

/// <summary>Figures of a text that ended.</summary>
/// <param name="Ended">When it ended.</param>
/// <param name="ComputeUnits">10^9 FLOP each.</param>
/// <param name="Tokens">Tokens that were computed.</param>
/// <param name="ReusedTokens">Tokens of the prompt that were not.</param>
/// <param name="Outcome">How it ended.</param>
internal sealed record EndedText(DateTimeOffset Ended, decimal ComputeUnits, long Tokens, int ReusedTokens, RequestOutcome Outcome);
