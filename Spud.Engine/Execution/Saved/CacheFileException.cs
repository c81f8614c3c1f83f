namespace Spud.Execution;

/// <summary>A cache file cannot be written or was rejected; the message says why and what to do.</summary>
public sealed class CacheFileException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Why a file was rejected, without its path and without advice; the message if that is all there is to say.</summary>
    public string Reason { get => field ?? Message; internal init; }
}
