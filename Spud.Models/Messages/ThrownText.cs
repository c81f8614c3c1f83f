namespace Spud.Models.Messages;

/// <summary>What an exception says. A plugin's own may say nothing, or throw when it is asked.</summary>
public static class ThrownText
{
    /// <summary>Its message.</summary>
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
