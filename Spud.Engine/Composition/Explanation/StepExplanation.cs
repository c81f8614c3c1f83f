using System.Collections.Immutable;
using Spud.Configuration;

namespace Spud.Composition;

/// <summary>The operations of a step, in order.</summary>
/// <param name="Phase">"prefill", "decode" or "both".</param>
/// <param name="Groups">Operations outside of layers, and those of groups of identical layers.</param>
public sealed record StepExplanation(string Phase, ImmutableArray<OperationGroup> Groups);

/// <summary>Consecutive operations.</summary>
/// <param name="Layers">Layers that each perform these operations, "0-29"; null if they belong to no layer.</param>
/// <param name="Operations">The operations, in order.</param>
public sealed record OperationGroup(string? Layers, ImmutableArray<OperationExplanation> Operations);

/// <summary>One operation of a step.</summary>
/// <param name="Name">"project", "append", "fold", "copy", …</param>
/// <param name="Role">The component's role, one of <see cref="Roles"/>.</param>
/// <param name="Component">"plugin-id/name".</param>
/// <param name="Domain">The memory domain in which it runs; for a copy, the target.</param>
/// <param name="Copies">What a copy copies: "hidden rows", "routing plan", "logits" or "ids and positions"; null for other operations.</param>
/// <param name="From">A copy's source; null for other operations.</param>
/// <param name="BytesPerToken">Bytes per row for a copy; 0 for other operations.</param>
public sealed record OperationExplanation(string Name, string Role, string Component, string Domain, string? Copies, string? From, long BytesPerToken);
