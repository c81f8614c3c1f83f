namespace Spud.Training;

/// <summary>What was asked for cannot be done; the message says what, where, expected, got and what to do.</summary>
/// <param name="message">For the user.</param>
internal sealed class TrainingException(string message) : Exception(message);
