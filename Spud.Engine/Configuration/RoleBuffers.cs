namespace Spud.Configuration;

/// <summary>Buffers needed by a role's components in their memory domain, in addition to the residual stream.</summary>
internal enum RoleBuffers
{
    /// <summary>None: a policy.</summary>
    None,

    /// <summary>Logits.</summary>
    Head,

    /// <summary>Queries, keys, values and the state of a fold.</summary>
    Attention,

    /// <summary>Routing plans.</summary>
    Plans,
}
