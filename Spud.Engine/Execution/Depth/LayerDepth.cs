using System.Collections.Immutable;
using Spud.Plugins;

namespace Spud.Execution;

/// <summary>A depth policy with its answers, which are asked for once.</summary>
/// <param name="policy">Disposed with this object.</param>
/// <param name="name">"plugin-id/name".</param>
/// <param name="leftOut">Layers through which no row passes, ascending; not all of them.</param>
internal sealed class LayerDepth(IDepth policy, string name, ImmutableArray<int> leftOut) : IDisposable
{
    /// <summary>"plugin-id/name".</summary>
    public string Name => name;

    /// <summary>Layers through which no row passes, ascending.</summary>
    public ImmutableArray<int> LeftOut => leftOut;

    /// <summary>How its plugin registered it; null without a plugin.</summary>
    public RegisteredComponent? Registered { get; init; }

    /// <summary>Its bound options; null likewise.</summary>
    public object? Options { get; init; }

    /// <summary>Disposes the policy.</summary>
    public void Dispose() => policy.Dispose();
}
