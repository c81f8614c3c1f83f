namespace Spud.Evaluation.Calibration;

/// <summary>What was wanted of a calibration cannot be had.</summary>
/// <param name="message">What, and how near it came.</param>
public sealed class CalibrationException(string message) : Exception(message);
