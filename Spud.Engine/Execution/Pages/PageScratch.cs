namespace Spud.Execution;

/// <summary>Memory through which keys go from one format into another; pools of a domain share it.</summary>
/// <param name="view">F32 [n]: at least a page of one head.</param>
/// <param name="memory">Where it was allocated.</param>
internal sealed class PageScratch(in TensorView view, MemoryAccount memory)
{
    public TensorView View { get; } = view;

    public MemoryAccount Memory => memory;
}
