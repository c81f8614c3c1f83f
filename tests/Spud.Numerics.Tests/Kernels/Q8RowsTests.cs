using Xunit;

namespace Spud.Numerics.Tests.Kernels;

public sealed unsafe class Q8RowsTests
{
    [Theory]
    [InlineData(1, 32)]
    [InlineData(3, 96)]
    [InlineData(5, 576)]
    public void RoundsEachBlockToTheNearestOf255Steps(int rows, int k)
    {
        float[] x = Samples.Normal(rows * k, k);
        using var xs = new Guarded<float>(x, 1);
        using var memory = new Guarded<byte>((int)Q8Rows.Bytes(rows, k));
        Q8Rows q = Q8Rows.Over(memory.Pointer, rows, k);
        for (int t = 0; t < rows; t++)
        {
            q.Quantise(t, xs.Pointer + t * k);
        }

        memory.CheckGuards();
        for (int block = 0; block < rows * k / 32; block++)
        {
            float[] values = x[(block * 32)..(block * 32 + 32)];
            double scale = values.Max(MathF.Abs) / 127.0;
            new Tolerance(1e-6, 0, "one division").Check(scale, q.Scales[block], "scale");
            int[] sums = [0, 0];
            for (int i = 0; i < 32; i++)
            {
                Assert.InRange(Math.Abs(q.Quants[block * 32 + i] - values[i] / scale), 0, 0.5001);
                sums[i / 16] += q.Quants[block * 32 + i];
            }

            Assert.Equal(sums, new Span<int>(q.HalfSums + 2 * block, 2).ToArray());
        }
    }

    [Fact]
    public void PairsHoldTheEvenAndTheOddBytesOfEachFour()
    {
        using var x = new Guarded<float>(Samples.Normal(64, 1));
        using var memory = new Guarded<byte>((int)Q8Rows.Bytes(1, 64));
        Q8Rows q = Q8Rows.Over(memory.Pointer, 1, 64);
        q.Quantise(0, x.Pointer);
        for (int i = 0; i < 64; i += 4)
        {
            Assert.Equal(
                new short[] { q.Quants[i], q.Quants[i + 2], q.Quants[i + 1], q.Quants[i + 3] },
                new Span<short>(q.Pairs + i, 4).ToArray());
        }
    }

    [Fact]
    public void BlocksAndSlicesAreTheSameMemoryAsRows()
    {
        using var x = new Guarded<float>(Samples.Normal(3 * 96, 1));
        using var whole = new Guarded<byte>((int)Q8Rows.Bytes(3, 96));
        using var parts = new Guarded<byte>((int)Q8Rows.Bytes(3, 96));
        Q8Rows rows = Q8Rows.Over(whole.Pointer, 3, 96), blocks = Q8Rows.Over(parts.Pointer, 3, 96);
        for (int row = 0; row < 3; row++)
        {
            rows.Quantise(row, x.Pointer + row * 96);
            blocks.Slice(row, 1).QuantiseBlocks(0, 1, 2, x.Pointer + row * 96 + 32);
            blocks.QuantiseBlocks(row, 0, 1, x.Pointer + row * 96);
        }

        Assert.Equal(new Span<sbyte>(rows.Quants, 288).ToArray(), new Span<sbyte>(blocks.Quants, 288).ToArray());
        Assert.Equal(new Span<short>(rows.Pairs, 288).ToArray(), new Span<short>(blocks.Pairs, 288).ToArray());
        Assert.Equal(new Span<float>(rows.Scales, 9).ToArray(), new Span<float>(blocks.Scales, 9).ToArray());
        Assert.Equal(new Span<float>(rows.ScaledSums, 9).ToArray(), new Span<float>(blocks.ScaledSums, 9).ToArray());
        Assert.Equal(new Span<int>(rows.HalfSums, 18).ToArray(), new Span<int>(blocks.HalfSums, 18).ToArray());
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1e-38f)]
    public void ABlockWithNothingInItBecomesZeros(float value)
    {
        using var x = new Guarded<float>([.. Enumerable.Repeat(value, 32)]);
        using var memory = new Guarded<byte>((int)Q8Rows.Bytes(1, 32));
        Q8Rows q = Q8Rows.Over(memory.Pointer, 1, 32);
        q.Quantise(0, x.Pointer);
        Assert.Equal(0f, q.Scales[0]);
        Assert.Equal(0, q.HalfSums[0]);
        Assert.True(new Span<sbyte>(q.Quants, 32).IndexOfAnyExcept((sbyte)0) < 0);
    }

    [Fact]
    public void RefusesALengthThatIsNoMultipleOf32() => Assert.Throws<ArgumentException>(() => Q8Rows.Over(null, 1, 33));
}
