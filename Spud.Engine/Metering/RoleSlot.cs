namespace Spud.Metering;

/// <summary>A role's place in arrays, as in <see cref="Composition.Roles.All"/>.</summary>
internal enum RoleSlot
{
    Head,
    Attention,
    Cache,
    Router,
    Experts,
}
