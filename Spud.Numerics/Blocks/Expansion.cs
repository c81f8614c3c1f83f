using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>Expands weights of any format to f32.</summary>
public static unsafe class Expansion
{
    /// <summary>Expands <paramref name="elements"/> elements; source and destination must not overlap.</summary>
    /// <param name="type">GGML type number of the format; <see cref="BlockFormat.Known"/> lists them.</param>
    /// <param name="source">Whole blocks, with any alignment.</param>
    /// <param name="destination">[elements].</param>
    /// <param name="elements">A multiple of the format's block size.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is unknown, or the number of elements is negative.</exception>
    /// <exception cref="ArgumentException">The elements do not form whole blocks.</exception>
    public static void ToF32(int type, byte* source, float* destination, long elements)
    {
        BlockFormat format = BlockFormat.Of(type);
        format.Expand(source, destination, format.BlocksOf(elements));
    }

    /// <summary>Expands as many elements as the destination holds; the spans must not overlap.</summary>
    /// <param name="type">GGML type number of the format; <see cref="BlockFormat.Known"/> lists them.</param>
    /// <param name="source">Exactly the blocks of those elements.</param>
    /// <param name="destination">A multiple of the format's block size.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is unknown.</exception>
    /// <exception cref="ArgumentException">The elements do not form whole blocks, or the source has a different length.</exception>
    public static void ToF32(int type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        BlockFormat format = BlockFormat.Of(type);
        long blocks = format.BlocksOf(destination.Length, source.Length, nameof(source));
        fixed (byte* from = source)
        fixed (float* to = destination)
        {
            format.Expand(from, to, blocks);
        }
    }

    /// <summary>Expands a run of blocks of a format known at compile time.</summary>
    /// <param name="source">[blocks * TFormat.Bytes].</param>
    /// <param name="destination">[blocks * TFormat.Elements]; must not overlap the source.</param>
    /// <param name="blocks">Number of blocks.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Blocks<TFormat>(byte* source, float* destination, long blocks) where TFormat : struct, IBlockFormat
    {
        for (long i = 0; i < blocks; i++)
        {
            TFormat.Expand(source, destination);
            source += TFormat.Bytes;
            destination += TFormat.Elements;
        }
    }

    internal static void Numbers<TFormat>(byte* source, float* destination, long elements) where TFormat : struct, INumberFormat
    {
        long done =
            Vector512.IsHardwareAccelerated ? Registers<TFormat, Words16>(source, destination, 0, elements) :
            Vector256.IsHardwareAccelerated ? Registers<TFormat, Words8>(source, destination, 0, elements) :
            Vector128.IsHardwareAccelerated ? Registers<TFormat, Words4>(source, destination, 0, elements) : 0;
        _ = Registers<TFormat, Words1>(source, destination, done, elements);
    }

    internal static void Copy(byte* source, float* destination, long elements) =>
        Buffer.MemoryCopy(source, destination, elements * sizeof(float), elements * sizeof(float));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Registers<TFormat, TWords>(byte* source, float* destination, long first, long elements)
        where TFormat : struct, INumberFormat
        where TWords : struct, IWords<TWords>
    {
        long i = first;
        for (; i <= elements - TWords.Count; i += TWords.Count)
        {
            TFormat.Widen(TWords.LoadNarrow((ushort*)source + i)).Store((uint*)destination + i);
        }

        return i;
    }
}
