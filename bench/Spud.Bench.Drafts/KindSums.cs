using Spud.Generation;
using Spud.Metering;

namespace Spud.Bench.Drafts;

/// <summary>Answers of one kind, each with a drafter and without.</summary>
internal sealed class KindSums
{
    private readonly List<double> _logRatios = [];
    private double _without, _with;
    private long _tokens, _steps, _drafted, _accepted;

    public void Add(Request without, Request with)
    {
        _logRatios.Add(Math.Log(without.DecodeTime / with.DecodeTime));
        (_without, _with) = (_without + without.DecodeTime.TotalSeconds, _with + with.DecodeTime.TotalSeconds);
        DraftLedger drafts = with.Ledger!.Drafts!;
        (_tokens, _steps) = (_tokens + without.GeneratedTokens - 1, _steps + drafts.Steps);
        (_drafted, _accepted) = (_drafted + drafts.Drafted, _accepted + drafts.Accepted);
    }

    /// <summary>A row of the table; the ratio is the geometric mean over questions.</summary>
    public override string ToString()
    {
        double mean = _logRatios.Average(), deviation = Math.Sqrt(_logRatios.Sum(ratio => (ratio - mean) * (ratio - mean)) / Math.Max(1, _logRatios.Count - 1));
        double half = 1.96 * deviation / Math.Sqrt(_logRatios.Count);
        return FormattableString.Invariant($"{_logRatios.Count} | {_tokens / _without:0.0} | {_tokens / _with:0.0} | {Math.Exp(mean):0.00} | {Math.Exp(mean - half):0.00} to {Math.Exp(mean + half):0.00} | {_tokens / (double)_steps:0.00} | {_accepted} of {_drafted}");
    }
}
