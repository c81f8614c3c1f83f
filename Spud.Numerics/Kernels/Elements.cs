using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>How keys, values or weights are stored in memory; loading expands them to f32 in registers.</summary>
internal unsafe interface IElements<TElement> where TElement : unmanaged
{
    /// <summary>T.Count elements of a row, starting at a column that is a multiple of T.Count.</summary>
    static abstract T Load<T>(TElement* row, nint column) where T : struct, ILanes<T>;

    /// <summary>Whether elements are in blocks of 32 with a scale.</summary>
    static abstract bool HasScales { get; }

    /// <summary>The scale of a column's block, in all lanes; anything if there are none.</summary>
    static abstract T Scale<T>(TElement* row, nint column) where T : struct, ILanes<T>;

    /// <summary>Likewise elements of a row, whose scale is known: it is expanded once for all vectors of a block.</summary>
    static abstract T Load<T>(TElement* row, nint column, T scale) where T : struct, ILanes<T>;
}

internal readonly unsafe struct SingleElements : IElements<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(float* row, nint column) where T : struct, ILanes<T> => T.Load(row + column);

    public static bool HasScales => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(float* row, nint column) where T : struct, ILanes<T> => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(float* row, nint column, T scale) where T : struct, ILanes<T> => Load<T>(row, column);
}

internal readonly unsafe struct HalfElements : IElements<ushort>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ushort* row, nint column) where T : struct, ILanes<T> => T.LoadHalf(row + column);

    public static bool HasScales => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(ushort* row, nint column) where T : struct, ILanes<T> => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ushort* row, nint column, T scale) where T : struct, ILanes<T> => Load<T>(row, column);
}

/// <summary>Halves times 2^-112, which saves a multiplication.</summary>
internal readonly unsafe struct TinyHalfElements : IElements<ushort>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ushort* row, nint column) where T : struct, ILanes<T> => T.LoadTinyHalf(row + column);

    public static bool HasScales => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(ushort* row, nint column) where T : struct, ILanes<T> => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ushort* row, nint column, T scale) where T : struct, ILanes<T> => Load<T>(row, column);
}

internal readonly unsafe struct BrainElements : IElements<ushort>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ushort* row, nint column) where T : struct, ILanes<T> => T.LoadBrain(row + column);

    public static bool HasScales => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(ushort* row, nint column) where T : struct, ILanes<T> => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ushort* row, nint column, T scale) where T : struct, ILanes<T> => Load<T>(row, column);
}

/// <summary>Rows of Q8_0 blocks: the product of code and scale is exact, so the bits are the same as for rows expanded beforehand.</summary>
internal readonly unsafe struct Q8Elements : IElements<byte>
{
    public static bool HasScales => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* row, nint column) where T : struct, ILanes<T> => Load(row, column, Scale<T>(row, column));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(byte* row, nint column) where T : struct, ILanes<T> => T.Create(HalfFloat.Read(row + (column >> 5) * 34));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* row, nint column, T scale) where T : struct, ILanes<T> =>
        T.LoadSignedBytes((sbyte*)row + (column >> 5) * 34 + 2 + (column & 31)) * scale;
}

/// <summary>Rows of Q4_0 blocks, in the same way.</summary>
internal readonly unsafe struct Q4Elements : IElements<byte>
{
    public static bool HasScales => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* row, nint column) where T : struct, ILanes<T> => Load(row, column, Scale<T>(row, column));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(byte* row, nint column) where T : struct, ILanes<T> => T.Create(HalfFloat.Read(row + (column >> 5) * 18));

    // The lower halves of the bytes are the first 16 elements.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* row, nint column, T scale) where T : struct, ILanes<T> =>
        (T.LoadNibbles(row + (column >> 5) * 18 + 2 + (column & 15), (int)(column & 16) >> 2) - T.Create(8f)) * scale;
}
