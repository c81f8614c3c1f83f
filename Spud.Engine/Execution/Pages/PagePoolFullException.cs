namespace Spud.Execution;

/// <summary>All pages of a pipeline are in use: the step was refused before any work, and nothing was lost.</summary>
/// <param name="message">How many pages were needed, how many are free, and what to do.</param>
/// <param name="sequence">The first sequence without enough pages: the step fits without it and those after it.</param>
public sealed class PagePoolFullException(string message, Sequence? sequence = null) : Exception(message)
{
    /// <summary>The first sequence without enough pages: the step fits without it and those after it. Null if not known.</summary>
    public Sequence? Sequence => sequence;
}
