namespace Spud.Host;

/// <summary>What was asked for cannot be done; the message says what, got, expected and what to do.</summary>
/// <param name="message">For the user.</param>
/// <param name="cause">What went wrong, if anything was thrown.</param>
internal class BadInputException(string message, Exception? cause = null) : Exception(message, cause);
