using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Models;
using Spud.Plugins;

namespace Spud.Execution;

/// <summary>A depth policy with its answers, which are asked for once.</summary>
/// <param name="policy">Disposed with this object; null for a probe, which has another owner.</param>
/// <param name="name">"plugin-id/name".</param>
/// <param name="leftOut">Layers through which no row passes, ascending; not all of them.</param>
internal sealed class LayerDepth(IDepth? policy, string name, ImmutableArray<int> leftOut) : IDisposable
{
    /// <summary>"plugin-id/name".</summary>
    public string Name => name;

    /// <summary>Layers through which no row passes, ascending.</summary>
    public ImmutableArray<int> LeftOut => leftOut;

    /// <summary>Where rows leave early; null if none do.</summary>
    public EarlyExits? Exits { get; init; }

    /// <summary>The policy as operations name it.</summary>
    public BoundComponent Bound(StepDomain host) => new BoundComponent<IDepth?>(Role.Depth, name, new Offer(), policy, host);

    /// <summary>How its plugin registered it; null without a plugin.</summary>
    public RegisteredComponent? Registered { get; init; }

    /// <summary>Its bound options; null likewise.</summary>
    public object? Options { get; init; }

    /// <summary>Its own memory; null for none. Disposed with this object.</summary>
    public MemoryAccount? Memory { get; init; }

    /// <summary>Its pack; null for none. Disposed with this object.</summary>
    public PackFile? Pack { get; init; }

    /// <summary>Disposes the policy, and what it was given.</summary>
    public void Dispose()
    {
        try
        {
            policy?.Dispose();
        }
        finally
        {
            Pack?.Dispose();
            Memory?.Dispose();
        }
    }
}
