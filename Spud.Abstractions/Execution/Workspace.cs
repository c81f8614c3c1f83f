using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// A share of a domain's arena. What it holds is undefined at the start of each call, because components take turns in the same memory.
/// </summary>
/// <param name="domain">Where the arena lies.</param>
/// <param name="bytes">Size of the share.</param>
public sealed class Workspace(IMemoryDomain domain, long bytes)
{
    private nint? _address;

    /// <summary>Size of the share, bytes.</summary>
    public long Bytes => bytes;

    /// <summary>Whose arena it is a share of.</summary>
    [Experimental(Experiments.Id)]
    public IMemoryDomain Domain => domain;

    private nint Address => _address
        ?? throw new InvalidOperationException("workspace: read before the arena was laid out; views are valid inside calls of the component only, not in its factory");

    /// <summary>Says where the share begins: for the host, when every component of the pipeline is built.</summary>
    /// <param name="address">First byte.</param>
    [Experimental(Experiments.Id)]
    public void Place(nint address) => _address = address;

    /// <summary>The share, from its first byte, as an array; valid inside calls of the component that reserved it.</summary>
    /// <exception cref="InvalidOperationException">The array is larger than the share, or the pipeline is still being built.</exception>
    public TensorView View(ElementType type, params ReadOnlySpan<int> shape) => ViewAt(0, type, shape);

    /// <summary>The share from <paramref name="offset"/> bytes on, as an array.</summary>
    /// <exception cref="InvalidOperationException">The array ends beyond the share, or the pipeline is still being built.</exception>
    public TensorView ViewAt(long offset, ElementType type, params ReadOnlySpan<int> shape)
    {
        TensorView view = new(domain, Address + (nint)offset, type, shape);
        return offset >= 0 && offset + view.Bytes <= bytes
            ? view
            : throw new InvalidOperationException($"workspace: bytes {offset} .. {offset + view.Bytes} wanted, {bytes} reserved");
    }
}
