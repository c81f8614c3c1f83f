using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Spud;

/// <summary>
/// A view of memory that somebody else owns: 1 to 4 axes, row-major and contiguous. Weights, activations, pages and indices alike.
/// The default view has no axes and stands for "absent".
/// </summary>
public readonly struct TensorView
{
    private readonly Axes _axes;

    /// <summary>Views <paramref name="address"/>; the shape is copied.</summary>
    /// <param name="domain">Where the memory is.</param>
    /// <param name="address">First byte; means something to the domain alone.</param>
    /// <param name="type">Type of the elements.</param>
    /// <param name="shape">1 to 4 lengths, outermost first.</param>
    /// <exception cref="ArgumentException">The shape has no axis or more than four.</exception>
    public TensorView(IMemoryDomain domain, nint address, ElementType type, params ReadOnlySpan<int> shape)
    {
        if (shape.Length is 0 or > 4)
            throw new ArgumentException($"A view has 1 to 4 axes, not {shape.Length}.", nameof(shape));

        (Domain, Address, Type, Rank) = (domain, address, type, shape.Length);
        shape.CopyTo(_axes);
    }

    private TensorView(in TensorView all, nint address, int count)
    {
        this = all;
        Address = address;
        _axes[0] = count;
    }

    /// <summary>Where the memory is.</summary>
    public IMemoryDomain Domain { get; }

    /// <summary>First byte; means something to the domain alone.</summary>
    public nint Address { get; }

    /// <summary>Type of the elements.</summary>
    public ElementType Type { get; }

    /// <summary>Number of axes, 1 to 4; 0 in a default view.</summary>
    public int Rank { get; }

    /// <summary>Whether there is anything to see: false for a default view.</summary>
    public bool IsPresent => Rank != 0;

    /// <summary>Length of each axis.</summary>
    [UnscopedRef]
    public ReadOnlySpan<int> Shape => ((ReadOnlySpan<int>)_axes)[..Rank];

    /// <summary>Number of elements.</summary>
    public long Elements => Product(Shape);

    /// <summary>Size in bytes.</summary>
    public long Bytes => Type.BytesOf(Elements);

    /// <summary>One entry of the first axis, which goes; what is left must be whole blocks.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
    public TensorView At(int index) => new(Domain, AddressOf(index, 1), Type, Shape[1..]);

    /// <summary>So many entries of the first axis; each must be whole blocks.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The entries are not all there.</exception>
    public TensorView Rows(int first, int count) => new(this, AddressOf(first, count), count);

    /// <summary>The memory as a span of <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidOperationException">The memory is not on the host, or its bytes are no whole <typeparamref name="T"/>.</exception>
    /// <exception cref="OverflowException">More than 2^31 - 1 elements.</exception>
    public unsafe Span<T> AsSpan<T>()
        where T : unmanaged
    {
        if (!Domain.IsHost)
            throw new InvalidOperationException($"{Domain.Name} memory has no span: copy it to the host first.");
        if (Bytes % sizeof(T) != 0)
            throw new InvalidOperationException($"{Bytes} bytes of {Type} are not a whole number of {typeof(T).Name}.");

        return new Span<T>((void*)Address, checked((int)(Bytes / sizeof(T))));
    }

    private nint AddressOf(int first, int count)
    {
        if ((uint)first > (uint)Shape[0] || (uint)count > (uint)(Shape[0] - first))
            throw new ArgumentOutOfRangeException(nameof(first), $"rows {first} .. {(long)first + count} of {Shape[0]}");

        return Address + (nint)(first * Type.BytesOf(Product(Shape[1..])));
    }

    private static long Product(ReadOnlySpan<int> shape)
    {
        long product = 1;
        foreach (int axis in shape)
            product *= axis;

        return product;
    }

    [InlineArray(4)]
    private struct Axes
    {
        private int _first;
    }
}
