namespace Spud;

/// <summary>
/// A device is lost (unplugged, reset, or in an error state that only a new process clears), so that no later call can succeed. Thrown by a
/// component or its domain. The host marks the plugins that use the device as faulty; other backends stay usable. Any other exception of a
/// component ends one request only.
/// </summary>
/// <param name="reason">What the device reported, and what to do.</param>
/// <param name="cause">What the library threw.</param>
public sealed class DeviceLostException(string reason, Exception? cause = null) : Exception(reason, cause)
{
    /// <summary>The domain of the lost device; null: that of the component or domain that threw.</summary>
    public IMemoryDomain? Domain { get; init; }
}
