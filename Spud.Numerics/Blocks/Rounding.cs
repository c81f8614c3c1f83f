using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// Rounds f32 to the formats supported for activations and for key and value pages (f32, f16, bf16, q8_0 and q4_0), and weights also to
/// q4_1, q4_k and q6_k, which requires a search of a microsecond or more per block.
/// </summary>
public static unsafe class Rounding
{
    /// <summary>Rounds <paramref name="elements"/> elements; source and destination must not overlap.</summary>
    /// <param name="type">GGML type number of the format: 0, 1, 2, 3, 8, 12, 14 or 30.</param>
    /// <param name="source">[elements].</param>
    /// <param name="destination">Whole blocks, with any alignment.</param>
    /// <param name="elements">A multiple of the format's block size.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is none of these, or the number of elements is negative.</exception>
    /// <exception cref="ArgumentException">The elements do not form whole blocks.</exception>
    public static void FromF32(int type, float* source, byte* destination, long elements)
    {
        delegate*<float*, byte*, long, void> encode = Of(type);
        encode(source, destination, BlockFormat.Of(type).BlocksOf(elements));
    }

    /// <summary>Rounds all of the source; the spans must not overlap.</summary>
    /// <param name="type">GGML type number of the format: 0, 1, 2, 3, 8, 12, 14 or 30.</param>
    /// <param name="source">A multiple of the format's block size.</param>
    /// <param name="destination">Exactly the blocks of those elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is none of these.</exception>
    /// <exception cref="ArgumentException">
    /// The elements do not form whole blocks, or the destination has a different length.
    /// </exception>
    public static void FromF32(int type, ReadOnlySpan<float> source, Span<byte> destination)
    {
        delegate*<float*, byte*, long, void> encode = Of(type);
        long blocks = BlockFormat.Of(type).BlocksOf(source.Length, destination.Length, nameof(destination));
        fixed (float* from = source)
        fixed (byte* to = destination)
        {
            encode(from, to, blocks);
        }
    }

    private static delegate*<float*, byte*, long, void> Of(int type) => type switch
    {
        0 => &Copy,
        1 => &Numbers<F16>,
        2 => &Blocks<Q4_0>,
        3 => &Blocks<Q4_1>,
        8 => &Blocks<Q8_0>,
        12 => &Blocks<Q4_K>,
        14 => &Blocks<Q6_K>,
        30 => &Numbers<BF16>,
        _ => throw new ArgumentOutOfRangeException(
            nameof(type), type, "no format that f32 can be rounded to. Known: 0 (F32), 1 (F16), 2 (Q4_0), 3 (Q4_1), 8 (Q8_0), 12 (Q4_K), 14 (Q6_K), 30 (BF16)."),
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Blocks<TFormat>(float* source, byte* destination, long blocks) where TFormat : struct, IEncodedFormat
    {
        for (long i = 0; i < blocks; i++)
        {
            TFormat.Encode(source, destination);
            source += TFormat.Elements;
            destination += TFormat.Bytes;
        }
    }

    private static void Numbers<TFormat>(float* source, byte* destination, long elements) where TFormat : struct, INumberFormat
    {
        long done =
            Vector512.IsHardwareAccelerated ? Registers<TFormat, Words16>(source, destination, 0, elements) :
            Vector256.IsHardwareAccelerated ? Registers<TFormat, Words8>(source, destination, 0, elements) :
            Vector128.IsHardwareAccelerated ? Registers<TFormat, Words4>(source, destination, 0, elements) : 0;
        _ = Registers<TFormat, Words1>(source, destination, done, elements);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Registers<TFormat, TWords>(float* source, byte* destination, long first, long elements)
        where TFormat : struct, INumberFormat
        where TWords : struct, IWords<TWords>
    {
        long i = first;
        for (; i <= elements - TWords.Count; i += TWords.Count)
        {
            TFormat.Narrow(TWords.Load((uint*)source + i)).StoreNarrow((ushort*)destination + i);
        }

        return i;
    }

    private static void Copy(float* source, byte* destination, long elements) =>
        Buffer.MemoryCopy(source, destination, elements * sizeof(float), elements * sizeof(float));
}
