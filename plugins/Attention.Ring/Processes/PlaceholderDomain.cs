using Spud;

namespace Attention.Ring.Processes;

/// <summary>Stands in for memory that is never used: the pages of a pipeline that runs no steps.</summary>
internal sealed class PlaceholderDomain : IMemoryDomain
{
    private const nint Nowhere = 64;

    public string Name => "no";

    public bool IsHost => false;

    public nint Allocate(long bytes) => Nowhere;

    public void Free(nint address, long bytes)
    {
    }

    public void Copy(in TensorView source, in TensorView destination)
    {
    }

    public void Append(in Heads heads, in TensorView slots, PagePool pool) =>
        throw new InvalidOperationException("a rank that serves another process has no pages of its own.");

    public void Wait()
    {
    }
}
