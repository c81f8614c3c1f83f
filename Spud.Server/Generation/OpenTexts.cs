using System.Collections.Concurrent;
using Spud.Metering;

namespace Spud.Server.Generation;

/// <summary>The texts that a model generates, and the figures of the last ones that ended. No text is kept.</summary>
internal sealed class OpenTexts
{
    private const int Remembered = 10;

    private readonly ConcurrentDictionary<Choice, long> _open = new();
    private readonly ConcurrentQueue<EndedText> _ended = new();
    private long _begun;

    /// <summary>The texts that are waiting or being generated, in order of arrival.</summary>
    public IEnumerable<Choice> Open => _open.ToArray().OrderBy(static entry => entry.Value).Select(static entry => entry.Key);

    /// <summary>The last texts that ended, the oldest first.</summary>
    public IReadOnlyCollection<EndedText> Ended => _ended;

    /// <summary>A text is asked for.</summary>
    public void Begin(Choice choice) => _open[choice] = Interlocked.Increment(ref _begun);

    /// <summary>A text has ended, however it did.</summary>
    public void End(Choice choice)
    {
        if (!_open.TryRemove(choice, out _) || choice.Request.Ledger is not { Tokens: > 0 } ledger)
            return;

        _ended.Enqueue(new(DateTimeOffset.UtcNow, ledger.ComputeUnits, ledger.Tokens, ledger.ReusedTokens, ledger.Outcome));
        while (_ended.Count > Remembered)
            _ended.TryDequeue(out _);
    }
}

/// <summary>Figures of a text that ended.</summary>
/// <param name="Ended">When it ended.</param>
/// <param name="ComputeUnits">10^9 FLOP each.</param>
/// <param name="Tokens">Tokens that were computed.</param>
/// <param name="ReusedTokens">Tokens of the prompt that were not.</param>
/// <param name="Outcome">How it ended.</param>
internal sealed record EndedText(DateTimeOffset Ended, decimal ComputeUnits, long Tokens, int ReusedTokens, RequestOutcome Outcome);
