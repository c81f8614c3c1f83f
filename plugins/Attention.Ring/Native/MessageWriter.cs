using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Spud;

namespace Attention.Ring.Native;

/// <summary>Appends values to a message. Arrays are aligned, so that the receiver computes on them where they lie.</summary>
/// <param name="buffer">The message.</param>
internal readonly struct MessageWriter(NativeBuffer buffer)
{
    public void Clear() => buffer.Resize(0);

    public void Put<T>(T value)
        where T : unmanaged
    {
        int at = buffer.Length;
        buffer.Resize(at + Unsafe.SizeOf<T>());
        PutAt(at, value);
    }

    /// <summary>Overwrites a value.</summary>
    /// <param name="offset">Where it lies in the message.</param>
    /// <param name="value">The new value.</param>
    public void PutAt<T>(int offset, T value)
        where T : unmanaged => MemoryMarshal.Write(buffer.Bytes[offset..], in value);

    public void Put(string text) => PutAll<byte>(Encoding.UTF8.GetBytes(text));

    public void PutAll<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        int at = Reserve(bytes.Length);
        bytes.CopyTo(buffer.Bytes[at..]);
    }

    /// <summary>Appends a tensor in host memory.</summary>
    public unsafe void PutTensor(in TensorView tensor) => PutAll(new ReadOnlySpan<byte>((void*)tensor.Address, checked((int)tensor.Bytes)));

    /// <summary>Appends where a tensor lies, and not what is in it.</summary>
    public void PutPlace(in TensorView tensor)
    {
        Put((int)tensor.Type);
        PutAll(tensor.Shape);
        Put((long)tensor.Address);
    }

    /// <summary>Appends an array of undefined bytes; returns where it lies in the message.</summary>
    public int Reserve(int bytes)
    {
        Put(bytes);
        int at = (buffer.Length + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment;
        buffer.Resize(checked(at + bytes));
        return at;
    }
}
