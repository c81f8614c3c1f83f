namespace Spud.Host.Repl.Storage;

/// <summary>The saved conversations cannot be read or written; one sentence says why, and what to do.</summary>
/// <param name="message">For the user.</param>
/// <param name="cause">The database's exception.</param>
internal sealed class StoreException(string message, Exception? cause = null) : BadInputException(message, cause)
{
    /// <summary>Whether trying again later may help.</summary>
    public bool IsPassing { get; init; }
}
