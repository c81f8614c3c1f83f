using System.Runtime.InteropServices;

namespace Attention.Ring.Native;

/// <summary>Bytes that grow, at an address that stays the same unless they grow.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    /// <summary>Alignment of the first byte.</summary>
    public const int Alignment = 64;

    private byte* _bytes;
    private int _capacity;

    /// <summary>Number of bytes in use.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes in use.</summary>
    public Span<byte> Bytes => new(_bytes, Length);

    /// <summary>Address of the first byte.</summary>
    public nint Address => (nint)_bytes;

    /// <summary>Changes the number of bytes in use; the first ones are kept.</summary>
    public void Resize(int length)
    {
        if (length > _capacity)
        {
            _capacity = (int)Math.Clamp(2L * _capacity, Math.Max(length, 4096), Math.Max(length, 1 << 30));
            _bytes = (byte*)NativeMemory.AlignedRealloc(_bytes, (nuint)_capacity, Alignment);
        }

        Length = length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_bytes);
        _bytes = null;
        (_capacity, Length) = (0, 0);
    }
}
