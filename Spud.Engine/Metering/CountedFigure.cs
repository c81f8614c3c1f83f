namespace Spud.Metering;

/// <summary>A sum that a component counts for itself.</summary>
/// <param name="Role">The component's.</param>
/// <param name="Component">"plugin-id/name".</param>
/// <param name="Figure">Where it counts.</param>
internal readonly record struct CountedFigure(string Role, string Component, Figure Figure);
