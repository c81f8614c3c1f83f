using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics;

/// <summary>
/// Rows of activations rounded to 8 bits in blocks of 32: x[i] is approximately scale[i / 32] quant[i], |quant| at most 127.
/// A view over the caller's memory, as a structure of arrays: quants i8 [rows, k], the same quants as pairs of i16
/// [rows, k] for products of signed bytes, scales f32 [rows, k / 32], scales times the sum of
/// the block's quants f32 [rows, k / 32], sums of the quants of each
/// half of a block i32 [rows, k / 16].
/// </summary>
/// <remarks>
/// The scale is f32 (GGML rounds it to f16). Quants are rounded to nearest, ties to even. Pairs hold for each four
/// quants (a, b, c, d) the i16 values (a, c, b, d): the even and odd bytes of a 32-bit group.
/// </remarks>
public readonly unsafe struct Q8Rows
{
    public const int BlockLength = 32;

    private const int Alignment = 64;

    /// <summary>Blocks with no larger value become zeros: the inverse of their scale would overflow.</summary>
    private const float Smallest = 1e-30f;

    private Q8Rows(byte* memory, int rows, int k)
    {
        Rows = rows;
        K = k;
        Quants = (sbyte*)memory;
        Pairs = (short*)(Quants + Padded((long)rows * k));
        Scales = (float*)((byte*)Pairs + Padded(2L * rows * k));
        ScaledSums = (float*)((byte*)Scales + Padded(4L * rows * (k / BlockLength)));
        HalfSums = (int*)((byte*)ScaledSums + Padded(4L * rows * (k / BlockLength)));
    }

    private Q8Rows(in Q8Rows all, int first, int rows)
    {
        nint at = (nint)first * all.K, block = at / BlockLength;
        (Rows, K) = (rows, all.K);
        Quants = all.Quants + at;
        Pairs = all.Pairs + at;
        Scales = all.Scales + block;
        ScaledSums = all.ScaledSums + block;
        HalfSums = all.HalfSums + 2 * block;
    }

    public int Rows { get; }

    public int K { get; }

    public sbyte* Quants { get; }

    public short* Pairs { get; }

    public float* Scales { get; }

    public float* ScaledSums { get; }

    public int* HalfSums { get; }

    /// <summary>Bytes required by <see cref="Over"/>.</summary>
    public static long Bytes(int rows, int k) =>
        Padded((long)rows * k) + Padded(2L * rows * k) + 2 * Padded(4L * rows * (k / BlockLength)) + Padded(8L * rows * (k / BlockLength));

    /// <summary>Creates a view over memory of <see cref="Bytes"/> bytes, 64-byte aligned. k is a multiple of 32.</summary>
    public static Q8Rows Over(byte* memory, int rows, int k)
    {
        if (k % BlockLength != 0)
        {
            throw new ArgumentException($"Rows rounded to 8 bits: expected a length that is a multiple of 32, got {k}.", nameof(k));
        }

        return new Q8Rows(memory, rows, k);
    }

    /// <summary>A range of the rows, as a separate view.</summary>
    public Q8Rows Slice(int first, int rows) => new(this, first, rows);

    /// <summary>Rounds x [k] into row <paramref name="row"/>. Different threads may round different rows.</summary>
    public void Quantise(int row, float* x) => QuantiseBlocks(row, 0, K / BlockLength, x);

    /// <summary>Rounds x [32 blocks] into blocks of a row. Different threads may round different blocks.</summary>
    public void QuantiseBlocks(int row, int firstBlock, int blocks, float* x)
    {
        nint index = (nint)row * (K / BlockLength) + firstBlock;
        for (int block = 0; block < blocks; block++, index++)
        {
            nint at = index * BlockLength;
            Scales[index] = QuantiseBlock(x + block * BlockLength, Quants + at, Pairs + at, HalfSums + 2 * index);
            ScaledSums[index] = Scales[index] * (HalfSums[2 * index] + HalfSums[2 * index + 1]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float QuantiseBlock(float* x, sbyte* quants, short* pairs, int* halfSums)
    {
        Vector256<float> v0 = Vector256.Load(x), v1 = Vector256.Load(x + 8), v2 = Vector256.Load(x + 16), v3 = Vector256.Load(x + 24);
        Vector256<float> max = Vector256.MaxNative(
            Vector256.MaxNative(Vector256.Abs(v0), Vector256.Abs(v1)), Vector256.MaxNative(Vector256.Abs(v2), Vector256.Abs(v3)));
        float largest = Lanes8.MaxAcross(new Lanes8 { Value = max });
        Vector256<float> inverse = Vector256.Create(largest < Smallest ? 0f : 127f / largest);
        Vector256<int> q0 = Round(v0, inverse), q1 = Round(v1, inverse), q2 = Round(v2, inverse), q3 = Round(v3, inverse);
        Vector256<short> low = Vector256.Narrow(q0, q1), high = Vector256.Narrow(q2, q3);
        Vector256<sbyte> bytes = Vector256.Narrow(low, high);
        bytes.Store(quants);
        Vector256<short> order = Vector256.Create(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15);
        Vector256.Shuffle(low, order).Store(pairs);
        Vector256.Shuffle(high, order).Store(pairs + 16);
        halfSums[0] = Vector256.Sum(q0 + q1);
        halfSums[1] = Vector256.Sum(q2 + q3);
        return largest < Smallest ? 0f : largest / 127f;
    }

    /// <summary>Rounds to nearest, ties to even: 1.5 * 2^23 leaves the integer in the low mantissa bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Round(Vector256<float> x, Vector256<float> inverse) =>
        (x * inverse + Vector256.Create(12582912f)).AsInt32() - Vector256.Create(0x4b400000);

    private static long Padded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
