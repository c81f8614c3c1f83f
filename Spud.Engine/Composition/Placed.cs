using Spud.Execution;

namespace Spud.Composition;

/// <summary>A component at its place in a pipeline.</summary>
/// <param name="Name">"plugin-id/name".</param>
/// <param name="Offer">What it said it can do.</param>
/// <param name="Component">The component.</param>
/// <param name="Place">Where it works.</param>
internal sealed record Placed<TComponent>(string Name, Offer Offer, TComponent Component, Place Place);
