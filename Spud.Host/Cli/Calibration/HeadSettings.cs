using Spud.Evaluation.Calibration;

namespace Spud.Host;

/// <summary>How heads are measured and put in order.</summary>
internal sealed record HeadSettings
{
    /// <summary>Share of the keys that heads keep, if neither command line nor pipeline says and nothing was measured.</summary>
    public const float DefaultKeep = 0.5f;

    /// <summary>What the default share may cost, in nats per token: about a hundredth in perplexity.</summary>
    public const double DefaultDivergence = 0.01;

    /// <summary>Tokens of each text that are repeated.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>Tokens behind them on which heads are tried out; 0: they are not.</summary>
    public required int HeldTokens { get; init; }

    /// <summary>Rows at their end whose predictions are compared.</summary>
    public required int HeldRows { get; init; }

    public required int Sinks { get; init; }

    /// <summary>Recent tokens that a streaming head may keep, in the order in which they are tried out.</summary>
    public required int[] Windows { get; init; }

    public required float? Keep { get; init; }

    public required HeadOrder Order { get; init; }

    /// <summary>What the calibrator reads.</summary>
    /// <param name="ids">Texts of <see cref="ContextTokens"/> + <see cref="HeldTokens"/> tokens.</param>
    /// <param name="file">Keeps finished trials.</param>
    public HeadMaterial Material(int[][] ids, TrialFile? file) => new([.. ids.Select(text => text[..ContextTokens])], HeldTokens == 0 ? [] : [.. ids.Select(text => text[ContextTokens..])], Windows)
    {
        Rows = HeldRows,
        File = file,
    };

    /// <summary>
    /// Length of text for which keys are counted and windows are. Without a text on which heads were tried out, it is four times as long as what a head keeps.
    /// </summary>
    public int PathTokens => HeldTokens > 0 ? HeldTokens : 4 * (Sinks + Windows[0]);

    /// <summary>Orders in which heads may start to stream, of which measuring whole texts chooses one: each avoids windows that are narrower than one of them.</summary>
    public IReadOnlyList<IReadOnlyList<HeadStep>> PathsOf(HeadMeasurement measured)
    {
        return Order == HeadOrder.Damage
            ? [.. Windows.OrderDescending().Select(least => New().ByDamage(least))]
            : [New().ByScore(HeadScores.Of(measured.Needs, Order), Windows[0])];

        HeadPath New() => new(measured, PathTokens, Sinks);
    }

    /// <summary>The default share that the pack gets: the smallest one whose cost is small; everything if none is.</summary>
    public float KeepOf(IReadOnlyList<HeadCheck> checks)
    {
        if (Keep is { } given)
            return given;
        if (checks.Count == 0)
            return DefaultKeep;

        return (float)checks.Where(static check => check.Measured <= DefaultDivergence).Select(static check => check.Keep).DefaultIfEmpty(1).Min();
    }

    // Part of what tells one calibration from another.
    public override string ToString() => FormattableString.Invariant($"{ContextTokens} {HeldTokens} {HeldRows} {Sinks} {string.Join(',', Windows)}");
}
