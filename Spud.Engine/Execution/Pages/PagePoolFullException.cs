namespace Spud.Execution;

/// <summary>The pages of a pipeline are all in use: the step was refused before any work, and nothing was lost.</summary>
/// <param name="message">How many pages were wanted, how many are free, and what to do.</param>
public sealed class PagePoolFullException(string message) : Exception(message);
