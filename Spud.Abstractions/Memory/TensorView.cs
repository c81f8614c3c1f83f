using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Spud;

/// <summary>
/// A view of memory that it does not own, with 1 to 4 axes, row-major and contiguous: weights, activations, pages or indices. The default
/// view has no axes and means "absent".
/// </summary>
public readonly struct TensorView
{
    private readonly Axes _axes;

    /// <summary>Makes a view; the shape is copied.</summary>
    /// <param name="domain">Domain of the memory.</param>
    /// <param name="address">Address of the first byte, which only the domain can interpret.</param>
    /// <param name="type">Type of the elements.</param>
    /// <param name="shape">1 to 4 lengths, outermost first.</param>
    /// <exception cref="ArgumentException">The shape has no axes or more than four.</exception>
    public TensorView(IMemoryDomain domain, nint address, ElementType type, params ReadOnlySpan<int> shape)
    {
        if (shape.Length is 0 or > 4)
            throw new ArgumentException($"view: expected 1 to 4 axes, got {shape.Length}", nameof(shape));

        (Domain, Address, Type, Rank) = (domain, address, type, shape.Length);
        shape.CopyTo(_axes);
    }

    private TensorView(in TensorView all, nint address, int count)
    {
        this = all;
        Address = address;
        _axes[0] = count;
    }

    /// <summary>Domain of the memory.</summary>
    public IMemoryDomain Domain { get; }

    /// <summary>Address of the first byte, which only the domain can interpret.</summary>
    public nint Address { get; }

    /// <summary>Type of the elements.</summary>
    public ElementType Type { get; }

    /// <summary>Number of axes, 1 to 4; 0 in a default view.</summary>
    public int Rank { get; }

    /// <summary>Whether it views any memory: false for the default view.</summary>
    public bool IsPresent => Rank != 0;

    /// <summary>Length of each axis.</summary>
    [UnscopedRef]
    public ReadOnlySpan<int> Shape => ((ReadOnlySpan<int>)_axes)[..Rank];

    /// <summary>Number of elements.</summary>
    public long Elements => Product(Shape);

    /// <summary>Size in bytes.</summary>
    public long Bytes => Type.BytesOf(Elements);

    /// <summary>One entry of the first axis, as a view without that axis. An entry must be a whole number of blocks.</summary>
    /// <param name="index">0 .. <c>Shape[0] - 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis has no such entry.</exception>
    public TensorView At(int index) => new(Domain, AddressOf(index, 1), Type, Shape[1..]);

    /// <summary>Consecutive entries of the first axis. Each must be a whole number of blocks.</summary>
    /// <param name="first">The first entry.</param>
    /// <param name="count">The number of entries; may be 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis has fewer entries.</exception>
    public TensorView Rows(int first, int count) => new(this, AddressOf(first, count), count);

    /// <summary>The memory as a span of <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidOperationException">The memory is not on the host, or its size is not a multiple of that of <typeparamref name="T"/>.</exception>
    /// <exception cref="OverflowException">The span would have more than 2^31 - 1 elements.</exception>
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
