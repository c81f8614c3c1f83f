using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Spud;

namespace Attention.Ring.Native;

/// <summary>Reads what a <see cref="MessageWriter"/> wrote, in the same order.</summary>
/// <param name="buffer">The message.</param>
internal struct MessageReader(NativeBuffer buffer)
{
    private int _at;

    public T Take<T>()
        where T : unmanaged
    {
        T value = MemoryMarshal.Read<T>(buffer.Bytes[_at..]);
        _at += Unsafe.SizeOf<T>();
        return value;
    }

    public string TakeText() => Encoding.UTF8.GetString(TakeAll<byte>());

    /// <summary>An array, where it lies in the message.</summary>
    public ReadOnlySpan<T> TakeAll<T>()
        where T : unmanaged
    {
        int at = Skip(out int bytes);
        return MemoryMarshal.Cast<byte, T>(buffer.Bytes.Slice(at, bytes));
    }

    /// <summary>A tensor, where it lies in the message.</summary>
    public TensorView TakeTensor(IMemoryDomain host, ElementType type, params ReadOnlySpan<int> shape)
    {
        int at = Skip(out int bytes);
        TensorView view = new(host, buffer.Address + at, type, shape);
        return view.Bytes == bytes ? view : throw new InvalidDataException($"message: {bytes} bytes for {Shape.Text(shape)} of {type}");
    }

    /// <summary>Likewise, with one axis.</summary>
    public TensorView TakeInts(IMemoryDomain host)
    {
        int at = Skip(out int bytes);
        return new(host, buffer.Address + at, ElementType.I32, bytes / sizeof(int));
    }

    /// <summary>A tensor whose place the message names.</summary>
    public TensorView TakePlace(IMemoryDomain domain)
    {
        ElementType type = (ElementType)Take<int>();
        ReadOnlySpan<int> shape = TakeAll<int>();
        return new(domain, (nint)Take<long>(), type, shape);
    }

    private int Skip(out int bytes)
    {
        bytes = Take<int>();
        int at = (_at + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment;
        if (bytes < 0 || at + (long)bytes > buffer.Length)
            throw new InvalidDataException($"message: an array of {bytes} bytes at {at} of {buffer.Length}");

        _at = at + bytes;
        return at;
    }
}
