namespace Spud.Host;

/// <summary>What was asked for cannot be done; the message says what, got, expected and what to do.</summary>
/// <param name="message">For the user.</param>
internal sealed class BadInputException(string message) : Exception(message);
