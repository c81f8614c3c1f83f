namespace Spud.Configuration;

/// <summary>What a role's components need in the memory domain that they work in, besides the residual stream.</summary>
internal enum RoleBuffers
{
    /// <summary>Nothing: a policy.</summary>
    None,

    /// <summary>Logits.</summary>
    Head,

    /// <summary>Queries, keys, values and the state of a fold.</summary>
    Attention,

    /// <summary>Routing plans.</summary>
    Plans,
}
