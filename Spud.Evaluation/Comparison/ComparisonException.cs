namespace Spud.Evaluation.Comparison;

/// <summary>The inputs cannot be compared; the message says why and what to do.</summary>
/// <param name="message">For the user.</param>
public sealed class ComparisonException(string message) : Exception(message);
