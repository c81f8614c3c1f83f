using System.Collections.Immutable;
using Spud.Models;
using Spud.Plugins;

namespace Spud.Execution;

/// <summary>A component as built by a pipeline, with all its resources.</summary>
internal sealed class PipelineComponent
{
    private const long Line = 64;
    private int _owners = 1;

    public required RegisteredComponent Registered { get; init; }

    /// <summary>Bound options.</summary>
    public required object Options { get; init; }

    /// <summary>Layers that it serves, ascending; all of them for head and cache.</summary>
    public required ImmutableArray<int> Layers { get; init; }

    /// <summary>The phase that it serves; null for both.</summary>
    public required Phase? Phase { get; init; }

    public required ComponentWeights Weights { get; init; }

    /// <summary>Its memory.</summary>
    public required MemoryAccount Memory { get; init; }

    public required IReadOnlyList<Workspace> Workspaces { get; init; }

    /// <summary>IHead, IAttention, ICachePolicy, IRouter or IExperts.</summary>
    public required IDisposable Instance { get; init; }

    /// <summary>What steps call: the component, or the probe around a router.</summary>
    public IDisposable Called { get => field ?? Instance; set; }

    public string Role => Registered.Role;

    /// <summary>The context it was built with; null in tests that build without a composer.</summary>
    public IBuildContext? Context { get; init; }

    /// <summary>Folds made for an attention with decorators, each after those it is built on.</summary>
    public List<IFold> Folds { get; } = [];

    /// <summary>What it offers with its options.</summary>
    public Offer Offer { get => field ?? Registered.Offer; init; }

    /// <summary>The components that it is built on and calls.</summary>
    public IReadOnlyList<PipelineComponent> Inner { get; init; } = [];

    /// <summary>The component that is built on it; null if the pipeline calls it.</summary>
    public PipelineComponent? Outer { get; set; }

    /// <summary>The component called by the pipeline when this one runs.</summary>
    public PipelineComponent Outermost => Outer?.Outermost ?? this;

    /// <summary>Its own weights; null if none.</summary>
    public PackFile? Pack { get; init; }

    /// <summary>The model's weights and its own.</summary>
    public IEnumerable<WeightEntry> TakenWeights => Weights.Taken.Concat(Pack?.Taken ?? []);

    /// <summary>Figures that it counts itself.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>Properties of a router's plans, queried when it was built; null for other components.</summary>
    public RouterFacts? Routing { get; init; }

    /// <summary>Memory used by a native library for it, as estimated by its author.</summary>
    public required long NativeBytes { get; init; }

    /// <summary>Fold decorators of an attention with their options, outermost first.</summary>
    public ImmutableArray<(RegisteredComponent Registered, string Options)> Decorators { get; set; } = [];

    /// <summary>Its options as JSON, including those of its inner components.</summary>
    public string OptionsText => Registered.TextOf(Options);

    /// <summary>Whether another pipeline's component computes the same: the same code with the same options and weights.</summary>
    public bool IsLike(PipelineComponent other) =>
        ReferenceEquals(this, other) || ReferenceEquals(Registered, other.Registered) && OptionsText == other.OptionsText && Pack?.Path == other.Pack?.Path && other.Pack?.IsCurrent != false;

    /// <summary>Its share of a domain's arena plus the shares of its inner components, which it calls while its own is in use; bytes.</summary>
    public long WorkspaceBytesIn(IMemoryDomain domain) =>
        Workspaces.Sum(workspace => workspace.Domain == domain ? Aligned(workspace.Bytes) : 0) + Inner.Sum(inner => inner.WorkspaceBytesIn(domain));

    /// <summary>Its shares of all arenas, bytes.</summary>
    public long WorkspaceBytes => Workspaces.Sum(workspace => Aligned(workspace.Bytes));

    /// <summary>Places its shares of a domain's arena consecutively, then those of its inner components; returns the address after them.</summary>
    public nint LayWorkspaces(IMemoryDomain domain, nint arena)
    {
        foreach (Workspace workspace in Workspaces.Where(workspace => workspace.Domain == domain))
        {
            workspace.Place(arena);
            arena += (nint)Aligned(workspace.Bytes);
        }

        foreach (PipelineComponent inner in Inner)
            arena = inner.LayWorkspaces(domain, arena);

        return arena;
    }

    /// <summary>Adds another pipeline as owner: the component is disposed when all have disposed it.</summary>
    public void Share() => _owners++;

    /// <summary>Disposes the component and frees its memory when its last pipeline does so, whatever the component throws.</summary>
    /// <param name="faults">Receives the exceptions it threw.</param>
    public void Dispose(List<ComponentException> faults)
    {
        if (--_owners > 0)
            return;

        foreach (IDisposable part in Enumerable.Reverse(Folds).Append(Instance))
            Dispose(part, faults);

        Memory.Dispose();
        Pack?.Dispose();
    }

    // Shares are aligned to cache lines.
    private static long Aligned(long bytes) => (bytes + Line - 1) / Line * Line;

    private void Dispose(IDisposable part, List<ComponentException> faults)
    {
        try
        {
            part.Dispose();
        }
        catch (Exception fault)
        {
            faults.Add(new ComponentException(Role, Registered.FullName, layer: null, new InvalidOperationException($"its Dispose threw {PluginException.Describe(fault)}", fault)));
        }
    }
}
