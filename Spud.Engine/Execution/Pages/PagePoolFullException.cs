namespace Spud.Execution;

/// <summary>The pages of a pipeline are all in use: the step was refused before any work, and nothing was lost.</summary>
/// <param name="message">How many pages were wanted, how many are free, and what to do.</param>
/// <param name="sequence">The first one that finds no pages: the step fits without it and those after it.</param>
public sealed class PagePoolFullException(string message, Sequence? sequence = null) : Exception(message)
{
    /// <summary>The first one that finds no pages: the step fits without it and those after it. Null: not known.</summary>
    public Sequence? Sequence => sequence;
}
