namespace Spud.Bench.Drafts;

/// <summary>Answers of one kind, each with drafts and without.</summary>
internal sealed class KindSums
{
    private readonly List<double> _logRatios = [];
    private double _without, _with;
    private long _tokens, _drafted, _accepted;

    /// <summary>Adds an answer.</summary>
    /// <param name="tokens">Its length.</param>
    /// <param name="without">Time of decode without drafts.</param>
    /// <param name="with">With them.</param>
    /// <param name="drafted">Drafted tokens that were verified.</param>
    /// <param name="accepted">Those of them that are part of the answer.</param>
    public void Add(int tokens, TimeSpan without, TimeSpan with, long drafted, long accepted)
    {
        _logRatios.Add(Math.Log(without / with));
        (_without, _with) = (_without + without.TotalSeconds, _with + with.TotalSeconds);
        (_tokens, _drafted, _accepted) = (_tokens + tokens, _drafted + drafted, _accepted + accepted);
    }

    /// <summary>A row of the table; the ratio is the geometric mean over questions, and every step gives one token that was not drafted.</summary>
    public override string ToString()
    {
        double mean = _logRatios.Average(), deviation = Math.Sqrt(_logRatios.Sum(ratio => (ratio - mean) * (ratio - mean)) / Math.Max(1, _logRatios.Count - 1));
        double half = 1.96 * deviation / Math.Sqrt(_logRatios.Count);
        return FormattableString.Invariant($"{_logRatios.Count} | {_tokens / _without:0.0} | {_tokens / _with:0.0} | {Math.Exp(mean):0.00} | {Math.Exp(mean - half):0.00} to {Math.Exp(mean + half):0.00} | {_tokens / (double)(_tokens - _accepted):0.00} | {_accepted} of {_drafted}");
    }
}
