namespace Spud.Metering;

/// <summary>A figure counted by a component itself.</summary>
/// <param name="Role">The component's role.</param>
/// <param name="Component">"plugin-id/name".</param>
/// <param name="Figure">The counter.</param>
internal readonly record struct CountedFigure(string Role, string Component, Figure Figure);
