using System.Collections.Immutable;
using Spud.Configuration;

namespace Spud.Composition;

/// <summary>What a step does, in order.</summary>
/// <param name="Phase">"prefill", "decode" or "both".</param>
/// <param name="Groups">Operations outside of layers, and those of layers that do the same.</param>
public sealed record StepExplanation(string Phase, ImmutableArray<OperationGroup> Groups);

/// <summary>Operations that follow each other.</summary>
/// <param name="Layers">Layers that each do these operations, "0-29"; null: they belong to no layer.</param>
/// <param name="Operations">In order.</param>
public sealed record OperationGroup(string? Layers, ImmutableArray<OperationExplanation> Operations);

/// <summary>One operation of a step.</summary>
/// <param name="Name">"project", "append", "fold", "copy", …</param>
/// <param name="Role">One of <see cref="Roles"/>: the component's.</param>
/// <param name="Component">"plugin-id/name".</param>
/// <param name="Domain">The memory domain that it works in; a copy's target.</param>
/// <param name="Copies">What a copy copies: "hidden rows", "routing plan", "logits" or "ids and positions"; null for other operations.</param>
/// <param name="From">A copy's source; null for other operations.</param>
/// <param name="BytesPerToken">Bytes of a copy for each row; 0 for other operations.</param>
public sealed record OperationExplanation(string Name, string Role, string Component, string Domain, string? Copies, string? From, long BytesPerToken);
