namespace Spud.Evaluation.Calibration;

/// <summary>Progress of a calibration.</summary>
/// <param name="Step">What is being measured, such as "pass 3 of at most 9".</param>
/// <param name="Share">Progress of the whole, 0 .. 1.</param>
public readonly record struct CalibrationProgress(string Step, double Share);
