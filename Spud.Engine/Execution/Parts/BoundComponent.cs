using Spud.Configuration;

namespace Spud.Execution;

/// <summary>A component in a pipeline, with its memory domain.</summary>
/// <param name="Role">Its role.</param>
/// <param name="Name">"plugin-id/name".</param>
/// <param name="Offer">What it offers.</param>
/// <param name="Domain">The domain of its inputs and outputs.</param>
internal abstract record BoundComponent(Role Role, string Name, Offer Offer, StepDomain Domain);

/// <summary>A component of a role.</summary>
/// <param name="Role">Its role.</param>
/// <param name="Name">"plugin-id/name".</param>
/// <param name="Offer">What it offers.</param>
/// <param name="Component">The component.</param>
/// <param name="Domain">The domain of its inputs and outputs.</param>
internal sealed record BoundComponent<TComponent>(Role Role, string Name, Offer Offer, TComponent Component, StepDomain Domain)
    : BoundComponent(Role, Name, Offer, Domain);
