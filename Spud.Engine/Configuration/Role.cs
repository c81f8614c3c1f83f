using System.Collections.Immutable;

namespace Spud.Configuration;

/// <summary>A role of components: everything that the engine must know about it, in one place.</summary>
internal sealed class Role
{
    /// <summary>Embedding and output matrix.</summary>
    public static readonly Role Head = new(0, Roles.Head, typeof(IHead)) { Default = "cpu", Buffers = RoleBuffers.Head };

    /// <summary>Attention of a layer.</summary>
    public static readonly Role Attention = new(1, Roles.Attention, typeof(IAttention)) { DiffersByLayer = true, Default = "cpu", Buffers = RoleBuffers.Attention };

    /// <summary>The policy over the pages of keys and values; the attention determines its default.</summary>
    public static readonly Role Cache = new(2, Roles.Cache, typeof(ICachePolicy)) { IsPolicy = true };

    /// <summary>Chooses the experts of a layer that has several; for a dense one the host writes the plan.</summary>
    public static readonly Role Router = new(3, Roles.Router, typeof(IRouter))
    {
        DiffersByLayer = true,
        Default = "top-k",
        Serves = static layer => layer.Experts > 1,
        Buffers = RoleBuffers.Plans,
    };

    /// <summary>The feed-forward part of a layer.</summary>
    public static readonly Role Experts = new(4, Roles.Experts, typeof(IExperts)) { DiffersByLayer = true, Default = "cpu", Buffers = RoleBuffers.Plans };

    /// <summary>Decides which layers rows pass through; not among <see cref="All"/>, since it has no slot of its own.</summary>
    public static readonly Role Depth = new(-1, Roles.Depth, typeof(IDepth));

    private Role(int slot, string name, Type component) => (Slot, Name, Interface) = (slot, name, component);

    /// <summary>All roles, in the order of the forward pass and of their slots.</summary>
    public static ImmutableArray<Role> All { get; } = [Head, Attention, Cache, Router, Experts];

    /// <summary>Its index in arrays that have an entry for each role.</summary>
    public int Slot { get; }

    /// <summary>Name used in <c>pipeline.json</c>, in manifests and as the prefix of its traits, such as "attention".</summary>
    public string Name { get; }

    /// <summary>The interface of its components.</summary>
    public Type Interface { get; }

    /// <summary>Whether a pipeline may name different components for different layers and phases.</summary>
    public bool DiffersByLayer { get; private init; }

    /// <summary>Whether its component computes nothing in a step: it has no weights, and it is built after the others. Work that it requests from others at reviews is billed to it.</summary>
    public bool IsPolicy { get; private init; }

    /// <summary>The default component; null if another role's component determines it.</summary>
    public string? Default { get; private init; }

    /// <summary>Whether a layer needs it.</summary>
    public Func<LayerDescription, bool> Serves { get; private init; } = static _ => true;

    /// <summary>Buffers needed by its components in their memory domain.</summary>
    public RoleBuffers Buffers { get; private init; }

    /// <summary>The role with a name.</summary>
    /// <exception cref="ArgumentException">There is no such role.</exception>
    public static Role Of(string name)
    {
        foreach (Role role in All)
        {
            if (role.Name == name)
                return role;
        }

        throw new ArgumentException($"Unknown role '{name}'. Known: {string.Join(", ", Roles.All)}.", nameof(name));
    }

    /// <summary>The role whose components implement an interface.</summary>
    public static Role Of<TComponent>() => All.Single(static role => role.Interface == typeof(TComponent));

    public override string ToString() => Name;
}
