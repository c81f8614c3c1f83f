using Spud.Configuration;

namespace Spud.Generation;

/// <summary>
/// Chooses the length of a request's next draft: the one that gives most tokens by time, from how many drafted tokens were accepted so far, by position and
/// decayed, and from what rows cost. A position that was rarely reached is expected to be like the one before it, so that drafts grow as long as all of their
/// tokens are accepted. Where no length pays, a draft of one token is tried at growing intervals, which cost at most 1.5 % of the time.
/// </summary>
/// <param name="prefer">What the length is chosen for.</param>
internal sealed class DraftLength(DraftPreference prefer)
{
    // Before anything is known; the first drafts of a text that does not repeat itself cost about a step in all.
    private const double FirstAcceptance = 0.7, FirstWeight = 1.5;

    // A draft counts that much less with each later one; the position before counts like so many drafts.
    private const double Keep = 0.93, FirstPrior = 0.5, Prior = 2;

    // Gains below are not worth it, and tries take at most that much of the time.
    private const double Least = 0.01, MostTrying = 0.015;
    private const int FirstPause = 4, MaxDoublings = 3;

    /// <summary>Rows of rejected tokens by rows of the answer, with <see cref="DraftPreference.Compute"/>.</summary>
    public const double MaxRejectedShare = 0.05;

    private readonly double[] _drafted = [FirstWeight, .. new double[Draft.MaxTokensOfAny - 1]];
    private readonly double[] _accepted = [FirstWeight * FirstAcceptance, .. new double[Draft.MaxTokensOfAny - 1]];
    private bool _pays = true, _hasAsked;
    private int _pause, _doublings;
    private long _tokens, _rejected;

    /// <summary>Number of tokens to ask for.</summary>
    /// <param name="most">Maximum, 0 to <see cref="Draft.MaxTokensOfAny"/>.</param>
    /// <param name="step">The step.</param>
    public int Choose(int most, StepOutlook step)
    {
        if (prefer == DraftPreference.Fixed || most == 0)
            return most;
        if (step.LacksPlain)
            return 0;

        // Each text asks once, whatever asking is believed to take: what was measured in a bad moment would otherwise never be measured again.
        int best = Best(most, step);
        if (best == 0 && !_hasAsked && AffordsTry)
            best = 1;
        if (best > 0)
            _pays = _hasAsked = true;
        else if (_pays)
            Pause(step);
        else if (_pause > 0)
            _pause--;
        else if (AffordsTry && step.Rate(1, 1) > step.Rate(0, 0) * (1 + Least))
            return 1;

        return best;
    }

    /// <summary>Expected number of accepted tokens of a draft.</summary>
    /// <param name="tokens">Its tokens.</param>
    public double Expected(int tokens)
    {
        double acceptance = FirstAcceptance, reached = 1, accepted = 0;
        for (int i = 0; i < tokens; i++)
            accepted += reached *= acceptance = AcceptanceAt(i, acceptance);

        return accepted;
    }

    /// <summary>Takes into account that the drafter was asked and had no tokens: if it takes its time for that, it is as if its first one were rejected.</summary>
    /// <param name="step">The step.</param>
    public void ObserveNone(StepOutlook step)
    {
        if (step.EmptyAsk > Least)
            Learn(1, 0, step);
    }

    /// <summary>Takes a step into account.</summary>
    /// <param name="drafted">Drafted tokens that were verified.</param>
    /// <param name="accepted">Those of them that were accepted.</param>
    /// <param name="step">The step.</param>
    public void Observe(int drafted, int accepted, StepOutlook step)
    {
        (_tokens, _rejected) = (_tokens + 1 + accepted, _rejected + drafted - accepted);
        if (drafted > 0)
            Learn(drafted, accepted, step);
    }

    private void Learn(int drafted, int accepted, StepOutlook step)
    {
        for (int i = 0; i < Math.Min(drafted, accepted + 1); i++)
            (_drafted[i], _accepted[i]) = (_drafted[i] * Keep + 1, _accepted[i] * Keep + (i < accepted ? 1 : 0));

        if (accepted > 0)
            _doublings = 0;
        else if (!_pays)
            Pause(step);
    }

    private int Best(int most, StepOutlook step)
    {
        double acceptance = FirstAcceptance, reached = 1, accepted = 0, rate = step.Rate(0, 0) * (1 + Least);
        int best = 0;
        for (int i = 0; i < most; i++)
        {
            reached *= acceptance = AcceptanceAt(i, acceptance);
            accepted += reached;
            if (step.Rate(i + 1, accepted) is var faster && faster > rate && Affords(i + 1, accepted))
                (best, rate) = (i + 1, faster);
        }

        return best;
    }

    private double AcceptanceAt(int position, double before)
    {
        double prior = position == 0 ? FirstPrior : Prior;
        return (_accepted[position] + prior * before) / (_drafted[position] + prior);
    }

    private bool Affords(int drafted, double accepted) =>
        prefer != DraftPreference.Compute || (drafted - accepted <= MaxRejectedShare * (1 + accepted) && _rejected <= MaxRejectedShare * _tokens);

    private bool AffordsTry => prefer != DraftPreference.Compute || _rejected + 0.5 <= MaxRejectedShare * _tokens;

    // So long that a rejected try costs no more than that part of it.
    private void Pause(StepOutlook step)
    {
        _pays = false;
        _pause = (int)Math.Clamp((step.Time(1) / step.Time(0) - 1) / MostTrying, FirstPause << _doublings, ushort.MaxValue);
        _doublings = Math.Min(_doublings + 1, MaxDoublings);
    }
}
