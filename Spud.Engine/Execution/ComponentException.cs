using Spud.Models.Messages;

namespace Spud.Execution;

/// <summary>A component threw in the middle of a step: the request ends, the pipeline lives.</summary>
/// <param name="role">Its role.</param>
/// <param name="component">Its name, with plugin.</param>
/// <param name="layer">Layer it was at; null for the head.</param>
/// <param name="cause">What it threw.</param>
public sealed class ComponentException(string role, string component, int? layer, Exception cause)
    : Exception($"{role} '{component}' failed{(layer is { } at ? $" in layer {at}" : "")}: {ThrownText.Of(cause)}", cause)
{
    /// <summary>Its role.</summary>
    public string Role => role;

    /// <summary>Its name, with plugin.</summary>
    public string Component => component;

    /// <summary>Layer it was at; null for the head.</summary>
    public int? Layer => layer;
}
