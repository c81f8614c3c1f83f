using System.Runtime.InteropServices;
using Xunit;

namespace Spud.Numerics.Tests.Kernels;

/// <summary>Unmanaged elements between guard bytes, off 64-byte alignment by a chosen number of elements.</summary>
internal sealed unsafe class Guarded<T> : IDisposable where T : unmanaged
{
    private const int GuardBytes = 256;
    private const byte Guard = 0xa5;

    private readonly byte* _memory;
    private readonly int _bytes;
    private readonly int _start;

    public Guarded(int length, int misalignment = 0)
    {
        Length = length;
        _start = GuardBytes + misalignment * sizeof(T);
        _bytes = _start + length * sizeof(T) + GuardBytes;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)_bytes, 64);
        new Span<byte>(_memory, _bytes).Fill(Guard);
    }

    public Guarded(ReadOnlySpan<T> values, int misalignment = 0) : this(values.Length, misalignment) => values.CopyTo(Span);

    public int Length { get; }

    public T* Pointer => (T*)(_memory + _start);

    public Span<T> Span => new(Pointer, Length);

    /// <summary>Fails if anything before or after the elements was written.</summary>
    public void CheckGuards()
    {
        int end = _start + Length * sizeof(T);
        Assert.True(new Span<byte>(_memory, _start).IndexOfAnyExcept(Guard) < 0, "written before the first element");
        Assert.True(new Span<byte>(_memory + end, _bytes - end).IndexOfAnyExcept(Guard) < 0, "written after the last element");
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
