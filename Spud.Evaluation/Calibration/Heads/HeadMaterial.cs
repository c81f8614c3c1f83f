namespace Spud.Evaluation.Calibration;

/// <summary>Texts and windows with which heads are measured.</summary>
/// <param name="Contexts">Texts that are repeated, each at most half as long as the pipeline's context.</param>
/// <param name="Held">Texts on which heads are tried out, whole multiples of <see cref="HeadProbe.BorderTokens"/> long; empty: they are not.</param>
/// <param name="Windows">Recent tokens of a head that streams, each tried out for every head.</param>
public sealed record HeadMaterial(IReadOnlyList<int[]> Contexts, IReadOnlyList<int[]> Held, IReadOnlyList<int> Windows)
{
    /// <summary>Rows at the end of a held text that are compared.</summary>
    public int Rows { get; init; } = 64;

    /// <summary>Shares of keys whose cost is measured with all heads that stream then.</summary>
    public IReadOnlyList<double> Levels { get; init; } = [0.75, 0.5, 0.35, 0.25, 0.125];

    /// <summary>Those by which paths are compared, because what is best at one share need not be at another.</summary>
    public IReadOnlyList<double> Compared { get; init; } = [0.5, 0.25];

    /// <summary>How often the held texts are read from their beginning to choose among as many paths as windows and to measure all levels.</summary>
    internal int WholeReadings => Held.Count == 0 ? 0 : Levels.Count + (Windows.Count - 1) * Compared.Count;

    /// <summary>File of the trials finished so far, with which a calibration that was interrupted goes on; null for none.</summary>
    public TrialFile? File { get; init; }

    /// <summary>Length of <see cref="HeadTrial.Changes"/>.</summary>
    public static int Changes(int texts, int rows) => texts * rows * HeadTrials.TokensOfRow;
}

/// <summary>What was measured.</summary>
/// <param name="Needs">All heads.</param>
/// <param name="Trials">Each head with each window; empty if heads were not tried out.</param>
public sealed record HeadMeasurement(IReadOnlyList<HeadNeed> Needs, IReadOnlyDictionary<HeadWindow, HeadTrial> Trials);
