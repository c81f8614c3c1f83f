using System.Collections.Immutable;
using Spud;

namespace Depth.Skip;

/// <summary>Leaves out the named layers, for every row.</summary>
internal sealed class SkipDepth(DepthBuild build) : IDepth
{
    /// <inheritdoc/>
    public bool LeavesOut(int layer) => build.Layers.BinarySearch(layer) >= 0;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
