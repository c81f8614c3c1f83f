namespace Spud.Host;

/// <summary>The request cannot be carried out; the message says what the problem is, what was given, what was expected and what to do.</summary>
/// <param name="message">Message for the user.</param>
/// <param name="cause">The underlying exception, if any.</param>
internal class BadInputException(string message, Exception? cause = null) : Exception(message, cause);
