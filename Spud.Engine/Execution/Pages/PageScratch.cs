namespace Spud.Execution;

/// <summary>Scratch memory for keys that move from one format to another, shared by pools of a domain.</summary>
/// <param name="view">F32 [n]: at least a page of one head.</param>
/// <param name="memory">The account it was allocated from.</param>
internal sealed class PageScratch(in TensorView view, MemoryAccount memory)
{
    public TensorView View { get; } = view;

    public MemoryAccount Memory => memory;
}
