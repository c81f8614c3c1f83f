using Spud.Configuration;

namespace Spud.Execution;

/// <summary>A component in a pipeline, with the memory domain that it works in.</summary>
/// <param name="Role">What it does.</param>
/// <param name="Name">"plugin-id/name".</param>
/// <param name="Offer">What it said it can do.</param>
/// <param name="Domain">Where its inputs and outputs lie.</param>
internal abstract record BoundComponent(Role Role, string Name, Offer Offer, StepDomain Domain);

/// <summary>A component of a role.</summary>
/// <param name="Role">What it does.</param>
/// <param name="Name">"plugin-id/name".</param>
/// <param name="Offer">What it said it can do.</param>
/// <param name="Component">The component.</param>
/// <param name="Domain">Where its inputs and outputs lie.</param>
internal sealed record BoundComponent<TComponent>(Role Role, string Name, Offer Offer, TComponent Component, StepDomain Domain)
    : BoundComponent(Role, Name, Offer, Domain);
