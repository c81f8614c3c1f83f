using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>Reads quads (four consecutive k of each lane's output) of packed codes; rows of 128 bytes hold 32 outputs.</summary>
internal static unsafe class PackedCodes
{
    /// <summary>The values of MXFP4 plus 12, so that they are unsigned.</summary>
    public static ReadOnlySpan<sbyte> ShiftedMXFP4 => [12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0];

    /// <summary>Row pair: low nibbles, high nibbles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Nibbles<TBytes, TFloat>(byte* codes, int pair, out TBytes first, out TBytes second)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
    {
        TBytes row = TBytes.Load(codes + 128 * pair), mask = TBytes.Broadcast(0x0f0f0f0f);
        first = row & mask;
        second = TBytes.ShiftRight(row, 4) & mask;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LookUp<TBytes, TFloat>(ReadOnlySpan<sbyte> table, byte* codes, int pair, out TBytes first, out TBytes second)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
    {
        Nibbles<TBytes, TFloat>(codes, pair, out first, out second);
        TBytes values = TBytes.Table(table);
        first = TBytes.LookUp(values, first);
        second = TBytes.LookUp(values, second);
    }

    /// <summary>Row 4: bit j of a byte belongs to quad j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TBytes FifthBits<TBytes, TFloat>(byte* codes, int half)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
    {
        TBytes row = TBytes.Load(codes + 512);
        return half == 0 ? row : TBytes.ShiftRight(row, 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FiveBits<TBytes, TFloat>(byte* codes, int pair, ref TBytes high, out TBytes first, out TBytes second)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
    {
        Nibbles<TBytes, TFloat>(codes, pair, out first, out second);
        TBytes mask = TBytes.Broadcast(0x10101010);
        first |= TBytes.ShiftLeft(high, 4) & mask;
        second |= TBytes.ShiftLeft(high, 3) & mask;
        high = TBytes.ShiftRight(high, 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SixBits<TBytes, TFloat>(byte* codes, int pair, ref TBytes high, out TBytes first, out TBytes second)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
    {
        Nibbles<TBytes, TFloat>(codes, pair, out first, out second);
        TBytes mask = TBytes.Broadcast(0x30303030);
        first |= TBytes.ShiftLeft(high, 4) & mask;
        second |= TBytes.ShiftLeft(high, 2) & mask;
        high = TBytes.ShiftRight(high, 4);
    }
}
