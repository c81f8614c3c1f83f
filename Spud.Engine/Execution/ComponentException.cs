using Spud.Models.Messages;

namespace Spud.Execution;

/// <summary>A component threw during a step: the request ends, the pipeline stays usable.</summary>
/// <param name="role">Its role.</param>
/// <param name="component">Its name, with plugin.</param>
/// <param name="layer">Layer being computed; null for the head.</param>
/// <param name="cause">The exception it threw.</param>
public sealed class ComponentException(string role, string component, int? layer, Exception cause)
    : Exception($"{role} '{component}' failed{(layer is { } at ? $" in layer {at}" : "")}: {ThrownText.Of(cause)}", cause)
{
    /// <summary>Its role.</summary>
    public string Role => role;

    /// <summary>Its name, with plugin.</summary>
    public string Component => component;

    /// <summary>Layer being computed; null for the head.</summary>
    public int? Layer => layer;
}
