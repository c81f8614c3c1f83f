namespace Spud.Evaluation.Calibration;

/// <summary>How far a calibration is.</summary>
/// <param name="Pass">Passes over the text that have ended.</param>
/// <param name="PassesAtMost">It may end sooner.</param>
/// <param name="Share">Of the running pass, 0 .. 1.</param>
public readonly record struct CalibrationProgress(int Pass, int PassesAtMost, double Share);
