using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// Decides which layers rows pass through. A layer that is left out is computed for no row, in no phase: the residual stream goes past it unchanged, and
/// it has no keys. Whatever it decides is part of what the keys of a text depend on. A policy that decides row by row, while a step runs, is an <see cref="ILeavesEarly"/>
/// as well.
/// </summary>
/// <remarks>The answers depend on what it was built with alone.</remarks>
[Experimental(Experiments.Id)]
public interface IDepth : IDisposable
{
    /// <summary>Whether a layer is left out of every step. Asked once for each layer, when the pipeline is built; at least one layer must stay.</summary>
    /// <param name="layer">0 .. L - 1.</param>
    bool LeavesOut(int layer);
}
