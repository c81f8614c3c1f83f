namespace Spud.Training;

/// <summary>A request cannot be carried out; the message says what, where, expected, got and what to do.</summary>
/// <param name="message">For the user.</param>
internal sealed class TrainingException(string message) : Exception(message);
