namespace Spud.Execution;

/// <summary>A cache file cannot be written or was rejected; the message says why and what to do.</summary>
public sealed class CacheFileException(string message, Exception? cause = null) : Exception(message, cause);
