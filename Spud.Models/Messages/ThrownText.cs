namespace Spud.Models.Messages;

/// <summary>The message of an exception. A plugin's own may have none, or throw when asked for it.</summary>
public static class ThrownText
{
    /// <summary>The exception's message.</summary>
    public static string Of(Exception thrown)
    {
        ArgumentNullException.ThrowIfNull(thrown);
        try
        {
            return thrown.Message ?? "(no message)";
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return "(its message cannot be read)";
        }
    }
}
