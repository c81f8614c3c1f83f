using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Spud.Numerics;

/// <summary>Rearranges the blocks of up to 32 rows of weights into one tile of <see cref="PackedWeights"/>.</summary>
internal static unsafe class TilePacking
{
    private const int Row = 4 * PackedWeights.TileOutputs;
    private const float TwoTo112 = 5.192296858534828e33f;

    public static void Run<TBlock, TFormat>(byte* weights, int first, int count, int k, byte* tile)
        where TBlock : struct, IQuantBlock
        where TFormat : struct, IPackedFormat
    {
        if (count < PackedWeights.TileOutputs)
        {
            NativeMemory.Clear(tile, (nuint)PackedWeights.TileBytes<TFormat>(k));
        }

        long rowBytes = (long)k / TBlock.Length * TBlock.Bytes;
        int shift = HalfShift<TBlock>(weights + first * rowBytes, count * rowBytes / TBlock.Bytes);
        *(float*)tile = shift == 0 ? TwoTo112 : TwoTo112 / 1024;
        for (int lane = 0; lane < count; lane++)
        {
            PackOutput<TBlock, TFormat>(weights + (first + lane) * rowBytes, k, tile, lane, shift);
        }
    }

    /// <summary>How far the exponents of the f16 scales can be raised: 10, or 0 if one would overflow.</summary>
    private static int HalfShift<TBlock>(byte* block, long blocks) where TBlock : struct, IQuantBlock
    {
        if (typeof(TBlock) == typeof(BlockMXFP4))
        {
            return 0;
        }

        int first = typeof(TBlock) == typeof(BlockQ6_K) ? 208 : 0, second = TBlock.HasMinimum ? 2 : first, largest = 0;
        for (long i = 0; i < blocks; i++, block += TBlock.Bytes)
        {
            largest = Math.Max(largest, Math.Max(*(ushort*)(block + first) & 0x7fff, *(ushort*)(block + second) & 0x7fff));
        }

        return largest < 20 << 10 ? 10 : 0;
    }

    /// <summary>An IEEE half times 2^shift, exact; the result is zero or normal if shift is 10.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort Shifted(ushort half, int shift)
    {
        if ((half & 0x7c00) != 0 || shift == 0)
        {
            return (ushort)(half + (shift << 10));
        }

        return BitConverter.HalfToUInt16Bits(BitConverter.UInt16BitsToHalf(half) * (Half)1024f);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackOutput<TBlock, TFormat>(byte* block, int k, byte* tile, int lane, int shift)
        where TBlock : struct, IQuantBlock
        where TFormat : struct, IPackedFormat
    {
        byte* next = tile + PackedWeights.HeaderBytes;
        byte* codes = stackalloc byte[32];
        int groups = TBlock.Length / 32;
        for (int at = 0; at < k; at += TBlock.Length, block += TBlock.Bytes)
        {
            PackHead<TBlock>(block, next, lane, shift);
            next += TFormat.HeadBytes;
            for (int group = 0; group < groups; group++)
            {
                TBlock.ReadCodes(block, group, codes);
                PackScales<TBlock>(block, group, next, lane, shift);
                PackCodes<TFormat>((ulong*)codes, next + TFormat.ScaleBytes + 4 * lane);
                next += TFormat.ScaleBytes + TFormat.CodeBytes;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PackCodes<TFormat>(ulong* codes, byte* target) where TFormat : struct, IPackedFormat
    {
        for (int pair = 0; pair < 4; pair++)
        {
            uint first = (uint)codes[pair], second = (uint)(codes[pair] >> 32);
            if (TFormat.CodeBytes == 8 * Row)
            {
                *(uint*)(target + 2 * pair * Row) = first;
                *(uint*)(target + (2 * pair + 1) * Row) = second;
                continue;
            }

            *(uint*)(target + pair * Row) = (first & 0x0f0f0f0f) | (second & 0x0f0f0f0f) << 4;
            if (TFormat.CodeBytes == 5 * Row)
            {
                uint bits = (first >> 4 & 0x01010101) | (second >> 4 & 0x01010101) << 1;
                Merge(target + 4 * Row, bits << 2 * pair, pair == 0);
            }
            else if (TFormat.CodeBytes == 6 * Row)
            {
                uint bits = (first >> 4 & 0x03030303) | (second >> 4 & 0x03030303) << 2;
                Merge(target + (4 + pair / 2) * Row, bits << 4 * (pair % 2), pair % 2 == 0);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Merge(byte* target, uint bits, bool first) => *(uint*)target = first ? bits : *(uint*)target | bits;

    /// <summary>The f16 fields of a super-block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PackHead<TBlock>(byte* block, byte* head, int lane, int shift) where TBlock : struct, IQuantBlock
    {
        if (typeof(TBlock) == typeof(BlockQ6_K))
        {
            ((ushort*)head)[lane] = Shifted(*(ushort*)(block + 208), shift);
        }
        else if (typeof(TBlock) == typeof(BlockQ4_K) || typeof(TBlock) == typeof(BlockQ5_K))
        {
            ((ushort*)head)[lane] = Shifted(*(ushort*)block, shift);
            ((ushort*)head)[PackedWeights.TileOutputs + lane] = Shifted(*(ushort*)(block + 2), shift);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PackScales<TBlock>(byte* block, int group, byte* scales, int lane, int shift) where TBlock : struct, IQuantBlock
    {
        if (typeof(TBlock) == typeof(BlockQ6_K))
        {
            scales[lane] = block[192 + 2 * group];
            scales[PackedWeights.TileOutputs + lane] = block[193 + 2 * group];
        }
        else if (typeof(TBlock) == typeof(BlockQ4_K) || typeof(TBlock) == typeof(BlockQ5_K))
        {
            (int scale, int minimum) = SixBitScales.Bits(block + 4, group);
            scales[lane] = (byte)scale;
            scales[PackedWeights.TileOutputs + lane] = (byte)minimum;
        }
        else if (typeof(TBlock) == typeof(BlockMXFP4))
        {
            scales[lane] = *block;
        }
        else
        {
            ((ushort*)scales)[lane] = Shifted(*(ushort*)block, shift);
            if (TBlock.HasMinimum)
            {
                ((ushort*)scales)[PackedWeights.TileOutputs + lane] = Shifted(*(ushort*)(block + 2), shift);
            }
        }
    }
}
