namespace Spud;

/// <summary>
/// A device is gone (unplugged, reset, or in an error state that only a new process leaves): no later call can succeed. The host marks
/// the plugin as faulty; other backends stay usable. Anything else that a component throws ends one request.
/// </summary>
/// <param name="domain">The device's.</param>
/// <param name="reason">What the device said, and what to do.</param>
/// <param name="cause">What the library threw.</param>
public sealed class DeviceLostException(IMemoryDomain domain, string reason, Exception? cause = null) : Exception(reason, cause)
{
    /// <summary>The device's.</summary>
    public IMemoryDomain Domain => domain;
}
