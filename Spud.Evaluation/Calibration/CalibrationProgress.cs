namespace Spud.Evaluation.Calibration;

/// <summary>Progress of a calibration.</summary>
/// <param name="Pass">Finished passes over the text.</param>
/// <param name="PassesAtMost">Maximum number of passes.</param>
/// <param name="Share">Progress of the current pass, 0 .. 1.</param>
public readonly record struct CalibrationProgress(int Pass, int PassesAtMost, double Share);
