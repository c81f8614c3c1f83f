using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>How keys, values or weights are stored in memory; loading expands them to f32 in registers.</summary>
internal unsafe interface IElements<TElement> where TElement : unmanaged
{
    /// <summary>T.Count elements of a row, starting at a column that is a multiple of T.Count.</summary>
    static abstract T Load<T>(TElement* row, nint column) where T : struct, ILanes<T>;
}

internal readonly unsafe struct SingleElements : IElements<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(float* row, nint column) where T : struct, ILanes<T> => T.Load(row + column);
}

internal readonly unsafe struct HalfElements : IElements<ushort>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ushort* row, nint column) where T : struct, ILanes<T> => T.LoadHalf(row + column);
}

/// <summary>Halves times 2^-112, which saves a multiplication.</summary>
internal readonly unsafe struct TinyHalfElements : IElements<ushort>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ushort* row, nint column) where T : struct, ILanes<T> => T.LoadTinyHalf(row + column);
}

internal readonly unsafe struct BrainElements : IElements<ushort>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ushort* row, nint column) where T : struct, ILanes<T> => T.LoadBrain(row + column);
}

/// <summary>Rows of Q8_0 blocks: the product of code and scale is exact, so the bits are the same as for rows expanded beforehand.</summary>
internal readonly unsafe struct Q8Elements : IElements<byte>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* row, nint column) where T : struct, ILanes<T>
    {
        byte* block = row + (column >> 5) * 34;
        return T.LoadSignedBytes((sbyte*)block + 2 + (column & 31)) * T.Create(HalfFloat.Read(block));
    }
}

/// <summary>Rows of Q4_0 blocks, in the same way.</summary>
internal readonly unsafe struct Q4Elements : IElements<byte>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* row, nint column) where T : struct, ILanes<T>
    {
        byte* block = row + (column >> 5) * 18;
        // The lower halves of the bytes are the first 16 elements.
        T codes = T.LoadNibbles(block + 2 + (column & 15), (int)(column & 16) >> 2);
        return (codes - T.Create(8f)) * T.Create(HalfFloat.Read(block));
    }
}
