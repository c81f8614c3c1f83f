using Spud.Numerics.Blocks;
using Xunit;

namespace Spud.Numerics.Tests.Blocks;

/// <summary>Rounding to blocks, against llama.cpp's own blocks and against a plain copy of the rule.</summary>
public sealed class RoundingTests
{
    [Theory]
    [InlineData(1, "dequant/f16.bin")]
    [InlineData(2, "rounding/q4_0.bin")]
    [InlineData(3, "rounding/q4_1.bin")]
    [InlineData(8, "dequant/q8_0.bin")]
    [InlineData(12, "rounding/q4_k.bin")]
    [InlineData(14, "rounding/q6_k.bin")]
    [InlineData(30, "dequant/bf16.bin")]
    public void MakesTheBlocksOfLlamaCpp(int type, string file)
    {
        byte[] expected = TestData.Bytes(file);
        var actual = new byte[expected.Length];
        Rounding.FromF32(type, TestData.Floats("dequant/source.f32"), actual);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void RandomValuesOfAllMagnitudesEqualTheRule(int type)
    {
        var random = new Random(type);
        for (int blocks = 0; blocks < 400; blocks++)
        {
            int count = blocks % 7;
            using var source = new GuardedMemory(count * 32 * sizeof(float));
            using var destination = new GuardedMemory(count * BlockFormat.Of(type).Bytes);
            Span<float> values = source.Span<float>(GuardedMemory.Side.End);
            float unit = MathF.ScaleB(1, random.Next(-150, 100));
            foreach (ref float value in values)
            {
                value = (random.Next(4) == 0 ? random.Next(-8, 9) : (random.NextSingle() - 0.5f) * 16) * unit;
            }

            Span<byte> actual = destination.Span(GuardedMemory.Side.End);
            Rounding.FromF32(type, values, actual);
            for (int block = 0; block < count; block++)
            {
                int bytes = BlockFormat.Of(type).Bytes;
                Assert.Equal(Rule(type, values.Slice(block * 32, 32)), actual.Slice(block * bytes, bytes).ToArray());
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void OfTwoLargestTheFirstDecidesAndZerosStayZero(int type)
    {
        var values = new float[32];
        Assert.Equal(Rule(type, values), Round(type, values));
        values[3] = -0f;
        Assert.Equal(Rule(type, values), Round(type, values));
        (values[5], values[9]) = (-3, 3);
        Assert.Equal(Rule(type, values), Round(type, values));
        (values[5], values[9]) = (3, -3);
        Assert.Equal(Rule(type, values), Round(type, values));
    }

    [Theory]
    [InlineData(2, float.NaN)]
    [InlineData(8, float.NaN)]
    [InlineData(2, float.PositiveInfinity)]
    [InlineData(8, float.NegativeInfinity)]
    [InlineData(3, float.NaN)]
    [InlineData(3, float.PositiveInfinity)]
    [InlineData(12, float.NaN)]
    [InlineData(12, float.NegativeInfinity)]
    [InlineData(14, float.NaN)]
    [InlineData(14, float.PositiveInfinity)]
    public void ABlockThatIsNotFiniteExpandsToNaN(int type, float fault)
    {
        int elements = BlockFormat.Of(type).Elements;
        for (int place = 0; place < elements; place++)
        {
            float[] values = [.. Enumerable.Range(0, elements).Select(i => (float)i)];
            values[place] = fault;
            var back = new float[elements];
            Expansion.ToF32(type, Round(type, values), back);
            Assert.All(back, value => Assert.True(float.IsNaN(value)));
        }
    }

    // What is more than a rounding away from its value would be a wrong scale, minimum or place. Values as weights have them.
    [Theory]
    [InlineData(3, 0.08)]
    [InlineData(12, 0.12)]
    [InlineData(14, 0.03)]
    public void RandomBlocksExpandToNearTheirValues(int type, double tolerance)
    {
        var random = new Random(type);
        int elements = BlockFormat.Of(type).Elements;
        for (int block = 0; block < 200; block++)
        {
            float unit = MathF.ScaleB(1, random.Next(-12, 12));
            float[] values = [.. Enumerable.Range(0, elements).Select(_ => (random.NextSingle() - 0.5f) * unit)];
            var back = new float[elements];
            Expansion.ToF32(type, Round(type, values), back);
            for (int i = 0; i < elements; i++)
                Assert.Equal(values[i] / unit, back[i] / unit, tolerance);
        }
    }

    [Fact]
    public void OtherFormatsAndPartialBlocksAreRefused()
    {
        Assert.Contains("Known: 0 (F32)", Assert.Throws<ArgumentOutOfRangeException>(() => Rounding.FromF32(10, [], [])).Message);
        Assert.Contains("31 elements are not a whole number of Q8_0 blocks (32 elements each)", Assert.Throws<ArgumentException>(
            () => Rounding.FromF32(8, new float[31], new byte[34])).Message);
        Assert.Contains("32 elements of Q8_0 take 34 bytes, got 35", Assert.Throws<ArgumentException>(
            () => Rounding.FromF32(8, new float[32], new byte[35])).Message);
    }

    // quantize_row_q4_0_ref and quantize_row_q8_0_ref, one element after the other; all in float, since its roundings are part
    // of the format's reference.
    private static byte[] Rule(int type, ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float value in values)
        {
            largest = MathF.Abs(value) > MathF.Abs(largest) ? value : largest;
        }

        float scale = type == 2 ? largest / -8 : MathF.Abs(largest) / 127;
        float inverse = float.IsFinite(1 / scale) ? 1 / scale : 0; // the reference divides by subnormals, undefined from there on
        var block = new byte[BlockFormat.Of(type).Bytes];
        BitConverter.TryWriteBytes(block, BitConverter.HalfToUInt16Bits((Half)scale));
        for (int i = 0; i < 32; i++)
        {
            float scaled = values[i] * inverse;
            if (type == 8)
            {
                block[2 + i] = (byte)(sbyte)MathF.Round(scaled, MidpointRounding.AwayFromZero);
            }
            else
            {
                block[2 + i % 16] |= (byte)(Math.Min(15, (int)(scaled + 8.5f)) << (i / 16 * 4));
            }
        }

        return block;
    }

    private static byte[] Round(int type, float[] values)
    {
        var block = new byte[BlockFormat.Of(type).Bytes];
        Rounding.FromF32(type, values, block);
        return block;
    }
}
