namespace Spud.Evaluation.Calibration;

/// <summary>A calibration cannot reach its target.</summary>
/// <param name="message">The target, and the closest result.</param>
public sealed class CalibrationException(string message) : Exception(message);
