using System.Runtime.InteropServices;
using Spud.Numerics.Blocks;
using Xunit;

namespace Spud.Numerics.Tests.Blocks;

/// <summary>f16 and bf16: all numbers one way, all borders between neighbours the other way.</summary>
public sealed class HalfTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void AllNumbersExpandToTheirDefinition(int type)
    {
        ushort[] all = [.. Enumerable.Range(0, 65536).Select(bits => (ushort)bits)];
        var actual = new float[all.Length];
        Expansion.ToF32(type, MemoryMarshal.AsBytes(all.AsSpan()), actual);
        float[] expected = [.. all.Select(bits => (float)Definition(type, bits))];
        Bits.Equal(expected, actual);
        Assert.All(all, bits => Assert.True(Bits.Equal(expected[bits], Scalar(type, bits))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void AllNumbersComeBack(int type)
    {
        ushort[] numbers = [.. Enumerable.Range(0, 65536).Select(bits => (ushort)bits).Where(bits => !double.IsNaN(Definition(type, bits)))];
        float[] values = [.. numbers.Select(bits => (float)Definition(type, bits))];
        Assert.Equal(numbers, Round(type, values));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void RoundsToTheNearestAndTiesToEven(int type)
    {
        var values = new List<float>();
        int infinity = type == 1 ? 0x7c00 : 0x7f80;
        for (int bits = 0; bits < infinity; bits++)
        {
            var middle = (float)((Definition(type, bits) + Successor(type, bits)) / 2); // exact: f32 has more bits than either
            values.AddRange([MathF.BitDecrement(middle), middle, MathF.BitIncrement(middle)]);
        }

        float[] signed = [.. values, .. values.Select(value => -value)];
        ushort[] expected = [.. signed.Select(value => Nearest(type, value))];
        Assert.Equal(expected, Round(type, signed));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void RandomBitsRoundToTheNearestAtEveryLength(int type)
    {
        var random = new Random(type);
        for (int length = 0; length < 200; length++)
        {
            using var source = new GuardedMemory(length * sizeof(float));
            using var destination = new GuardedMemory(length * sizeof(ushort));
            Span<float> values = source.Span<float>(GuardedMemory.Side.End);
            random.NextBytes(MemoryMarshal.AsBytes(values));
            Span<ushort> actual = destination.Span<ushort>(GuardedMemory.Side.End);
            Rounding.FromF32(type, values, MemoryMarshal.AsBytes(actual));
            for (int i = 0; i < length; i++)
            {
                ushort expected = Nearest(type, values[i]);
                Assert.True(double.IsNaN(values[i]) ? double.IsNaN(Definition(type, actual[i])) : expected == actual[i]);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void NoNaNBecomesANumber(int type)
    {
        float[] nans = [.. new uint[] { 0x7f800001, 0xff800001, 0x7fffffff, 0xffffffff, 0x7fc00000 }.Select(BitConverter.UInt32BitsToSingle)];
        Assert.All(Round(type, nans), bits => Assert.True(double.IsNaN(Definition(type, bits))));
    }

    private static double Definition(int type, int bits) => type == 1 ? Oracle.Half(bits) : Oracle.BFloat(bits);

    private static float Scalar(int type, ushort bits) => type == 1 ? F16.ToSingle(bits) : BF16.ToSingle(bits);

    // The next larger number, where what follows the largest is what would follow without infinities.
    private static double Successor(int type, int bits)
    {
        double next = Definition(type, bits + 1);
        return double.IsInfinity(next) ? 2 * Definition(type, bits) - Definition(type, bits - 1) : next;
    }

    private static ushort Nearest(int type, float value)
    {
        int low = 0;
        int high = type == 1 ? 0x7c00 : 0x7f80;
        double magnitude = Math.Abs((double)value);
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = Definition(type, middle) <= magnitude ? (middle, high) : (low, middle);
        }

        double below = magnitude - Definition(type, low);
        double above = Successor(type, low) - magnitude;
        int nearest = below < above || (below == above && low % 2 == 0) ? low : high;
        return (ushort)(nearest | (float.IsNegative(value) ? 0x8000 : 0));
    }

    private static ushort[] Round(int type, float[] values)
    {
        var result = new ushort[values.Length];
        Rounding.FromF32(type, values, MemoryMarshal.AsBytes(result.AsSpan()));
        return result;
    }
}
