namespace Spud;

/// <summary>
/// A device is gone (unplugged, reset, or in an error state that only a new process leaves): no later call can succeed. Thrown by a
/// component or its domain; the host marks the plugins that work on that device as faulty, and other backends stay usable. Anything else
/// that a component throws ends one request.
/// </summary>
/// <param name="reason">What the device said, and what to do.</param>
/// <param name="cause">What the library threw.</param>
public sealed class DeviceLostException(string reason, Exception? cause = null) : Exception(reason, cause)
{
    /// <summary>The domain of the lost device; null: that of the component or domain that threw.</summary>
    public IMemoryDomain? Domain { get; init; }
}
