using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// A component's share of a domain's arena. Its content is undefined at the start of each call, because components take turns in the same memory.
/// </summary>
/// <param name="domain">Where the arena lies.</param>
/// <param name="bytes">Size of the share in bytes.</param>
public sealed class Workspace(IMemoryDomain domain, long bytes)
{
    private nint? _address;

    /// <summary>Size of the share in bytes.</summary>
    public long Bytes => bytes;

    /// <summary>Domain of the arena.</summary>
    [Experimental(Experiments.Id)]
    public IMemoryDomain Domain => domain;

    private nint Address => _address
        ?? throw new InvalidOperationException("workspace: used before the arena was allocated. Make views inside calls of the component, not in its factory.");

    /// <summary>Sets where the share begins. Called by the host, when all components of the pipeline are built.</summary>
    /// <param name="address">Address of the first byte.</param>
    [Experimental(Experiments.Id)]
    public void Place(nint address) => _address = address;

    /// <summary>The share, from its first byte, as an array; valid during a call of the component that reserved it.</summary>
    /// <param name="type">Type of the elements.</param>
    /// <param name="shape">1 to 4 lengths, outermost first.</param>
    /// <exception cref="InvalidOperationException">The array is larger than the share, or the pipeline is still being built.</exception>
    public TensorView View(ElementType type, params ReadOnlySpan<int> shape) => ViewAt(0, type, shape);

    /// <summary>The share from a byte on, as an array; valid during a call of the component that reserved it.</summary>
    /// <param name="offset">Bytes from the start of the share.</param>
    /// <param name="type">Type of the elements.</param>
    /// <param name="shape">1 to 4 lengths, outermost first.</param>
    /// <exception cref="InvalidOperationException">The array ends beyond the share, or the pipeline is still being built.</exception>
    public TensorView ViewAt(long offset, ElementType type, params ReadOnlySpan<int> shape)
    {
        TensorView view = new(domain, Address + (nint)offset, type, shape);
        return offset >= 0 && offset + view.Bytes <= bytes
            ? view
            : throw new InvalidOperationException($"workspace: the view needs bytes {offset} to {offset + view.Bytes}; {bytes} are reserved. Reserve more in the factory (IBuildContext.Reserve).");
    }
}
