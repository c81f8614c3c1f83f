namespace Spud;

/// <summary>
/// A device is gone (unplugged, reset, or its error state can only be left by a new process): no later call can succeed. The host marks
/// the plugin as faulty; other backends stay usable. Anything else that a component throws ends one request.
/// </summary>
/// <param name="reason">What the device said, and what to do.</param>
/// <param name="cause">What the library threw.</param>
public sealed class DeviceLostException(string reason, Exception? cause = null) : Exception(reason, cause);
