using Spud.Numerics.Blocks;
using Xunit;

namespace Spud.Numerics.Tests.Kernels;

public sealed unsafe class PackedMatMulTests
{
    public static TheoryData<int> Types => [.. BlockFormat.Known.ToArray().Where(MatMul.TakesQ8)];

    [Fact]
    public void TenFormatsTakeActivationsOfEightBits() => Assert.Equal(10, Types.Count);

    [Theory]
    [MemberData(nameof(Types))]
    public void AgreesWithTheOracleOfTheRoundedActivations(int type)
    {
        foreach ((int rows, int outputs, int k) in ((int, int, int)[])[(1, 32, 256), (6, 45, 512), (9, 70, 1536)])
        {
            var weights = new QuantWeights(type, outputs, k);
            using Guarded<byte> packed = Pack(type, weights.Bytes, outputs, k);
            using var memory = new Guarded<byte>((int)Q8Rows.Bytes(rows, k));
            Q8Rows x = Quantise(memory, rows, k);
            float[] y = Run(type, packed, x, rows, outputs, k);
            float[] rounded = [.. Enumerable.Range(0, rows * k).Select(i => x.Quants[i] * x.Scales[i / 32])];
            for (int i = 0; i < y.Length; i++)
            {
                ReadOnlySpan<float> a = rounded.AsSpan(i / outputs * k, k), b = weights.Values.AsSpan(i % outputs * k, k);
                new Tolerance(0, 4e-6 * Oracle.DotSize(a, b), "f32 sums of up to 100 terms, scales rounded once")
                    .Check(Oracle.Dot(a, b), y[i], $"t {i / outputs}, o {i % outputs}, k {k}");
            }
        }
    }

    /// <summary>Largest quants of one sign against every code: sums of products at the borders of i16.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void ExtremeQuantsDoNotSaturate(int type)
    {
        const int K = 256, Rows = 5, Outputs = 32;
        BlockFormat format = BlockFormat.Of(type);
        byte[] bytes = new byte[Outputs * K / format.Elements * format.Bytes];
        for (int block = 0; block < bytes.Length / format.Bytes; block++)
        {
            // Codes all ones in every second block, all zeros (signed: -128) in the others; scales moderate.
            Span<byte> one = bytes.AsSpan(block * format.Bytes, format.Bytes);
            one.Fill(block % 2 == 0 ? (byte)0xff : format.Name == "Q8_0" ? (byte)0x80 : (byte)0);
            int halves = format.Name == "Q6_K" ? 208 : 0;
            one[halves] = 0x00;
            one[halves + 1] = 0x3c;
            if (format.Name is "Q4_1" or "Q5_1" or "Q4_K" or "Q5_K")
            {
                one[2] = 0;
                one[3] = 0x3c;
            }

            if (format.Name == "MXFP4")
            {
                one[0] = 127;
                one[1..].Fill(block % 2 == 0 ? (byte)0x77 : (byte)0xff);
            }
        }

        float[] values = new float[Outputs * K];
        Expansion.ToF32(type, bytes, values);
        using Guarded<byte> packed = Pack(type, bytes, Outputs, K);
        using var memory = new Guarded<byte>((int)Q8Rows.Bytes(Rows, K));
        Q8Rows x = Q8Rows.Over(memory.Pointer, Rows, K);
        for (int t = 0; t < Rows; t++)
        {
            using var ones = new Guarded<float>([.. Enumerable.Repeat(t % 2 == 0 ? 127f : -127f, K)]);
            x.Quantise(t, ones.Pointer);
        }

        float[] y = Run(type, packed, x, Rows, Outputs, K);
        for (int i = 0; i < y.Length; i++)
        {
            double expected = 0, size = 0;
            for (int j = 0; j < K; j++)
            {
                expected += (i / Outputs % 2 == 0 ? 127.0 : -127.0) * values[i % Outputs * K + j];
                size += 127 * Math.Abs(values[i % Outputs * K + j]);
            }

            new Tolerance(0, 1e-6 * size + (format.Name == "Q4_K" || format.Name == "Q5_K" ? 300 : 0), "few terms; the K formats cancel d sc q against dmin m of that size")
                .Check(expected, y[i], $"element {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void HasTheBitsOfTheUnpackedProductForAnyNumberOfRowsAndAnyParts(int type)
    {
        const int K = 512, Outputs = 107, Rows = 64;
        var weights = new QuantWeights(type, Outputs, K);
        using var native = new Guarded<byte>(weights.Bytes, 1);
        using Guarded<byte> packed = Pack(type, weights.Bytes, Outputs, K);
        using var memory = new Guarded<byte>((int)Q8Rows.Bytes(Rows, K));
        Q8Rows x = Quantise(memory, Rows, K);
        using var expected = new Guarded<float>(Rows * Outputs);
        PlainQuantProduct.Run(type, native.Pointer, x, new(expected.Pointer, Outputs, Rows, K, 0, Outputs));
        Bits.Equal(expected.Span, Run(type, packed, x, Rows, Outputs, K));
        foreach (int rows in (int[])[1, 2, 3, 4, 5, 6, 7])
        {
            using var few = new Guarded<byte>((int)Q8Rows.Bytes(rows, K));
            Bits.Equal(expected.Span[..(rows * Outputs)], Run(type, packed, Quantise(few, rows, K), rows, Outputs, K));
        }
    }

    /// <summary>Scales that are subnormal halves, and scales so large that the tile cannot be shifted.</summary>
    [Theory]
    [InlineData(0x0001)]
    [InlineData(0x83ff)]
    [InlineData(0x5000)]
    [InlineData(0x7bff)]
    public void ScalesAtTheEndsOfTheirRangeAreExact(int half)
    {
        const int K = 256, Outputs = 40;
        var weights = new QuantWeights(2, Outputs, K);
        for (int block = 0; block < weights.Bytes.Length; block += 18 * 7)
        {
            weights.Bytes[block] = (byte)half;
            weights.Bytes[block + 1] = (byte)(half >> 8);
        }

        using var native = new Guarded<byte>(weights.Bytes, 1);
        using Guarded<byte> packed = Pack(2, weights.Bytes, Outputs, K);
        using var memory = new Guarded<byte>((int)Q8Rows.Bytes(1, K));
        Q8Rows x = Quantise(memory, 1, K);
        using var expected = new Guarded<float>(Outputs);
        PlainQuantProduct.Run(2, native.Pointer, x, new(expected.Pointer, Outputs, 1, K, 0, Outputs));
        Bits.Equal(expected.Span, Run(2, packed, x, 1, Outputs, K));
    }

    [Fact]
    public void RefusesAPartThatStartsInsideATile() =>
        Assert.Throws<ArgumentException>(() => PackedMatMul.Run(2, null, default, new(null, 0, 1, 32, 16, 16)));

    [Fact]
    public void TakesOnlyWholeBlocksOfKnownFormats()
    {
        Assert.True(PackedWeights.Takes(2, 96));
        Assert.False(PackedWeights.Takes(12, 96));
        Assert.True(PackedWeights.Takes(12, 512));
        Assert.False(PackedWeights.Takes(1, 512));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackedWeights.TileBytes(1, 512));
    }

    /// <summary>Packs one tile at a time, backwards: tiles are independent.</summary>
    private static Guarded<byte> Pack(int type, byte[] weights, int outputs, int k)
    {
        var packed = new Guarded<byte>((int)PackedWeights.Bytes(type, outputs, k));
        using var native = new Guarded<byte>(weights, 1);
        for (int tile = (outputs + 31) / 32 - 1; tile >= 0; tile--)
        {
            PackedWeights.Pack(type, native.Pointer, outputs, k, packed.Pointer, tile, 1);
        }

        packed.CheckGuards();
        return packed;
    }

    /// <summary>In parts of 64 outputs.</summary>
    private static float[] Run(int type, Guarded<byte> packed, in Q8Rows x, int rows, int outputs, int k)
    {
        using var y = new Guarded<float>(rows * outputs);
        for (int first = 0; first < outputs; first += 64)
        {
            PackedMatMul.Run(type, packed.Pointer, x, new(y.Pointer, outputs, rows, k, first, Math.Min(64, outputs - first)));
        }

        y.CheckGuards();
        return y.Span.ToArray();
    }

    private static Q8Rows Quantise(Guarded<byte> memory, int rows, int k)
    {
        Q8Rows q = Q8Rows.Over(memory.Pointer, rows, k);
        for (int t = 0; t < rows; t++)
        {
            using var x = new Guarded<float>(Samples.Normal(k, t));
            q.Quantise(t, x.Pointer);
        }

        return q;
    }
}
