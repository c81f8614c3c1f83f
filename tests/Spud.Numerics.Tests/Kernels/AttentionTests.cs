using Xunit;

namespace Spud.Numerics.Tests.Kernels;

public sealed unsafe class AttentionTests
{
    public static TheoryData<int> Widths => [2, 4, 6, 8, 12, 16, 20, 32, 36, 64, 80, 96, 128, 130, 256];

    [Theory]
    [MemberData(nameof(Widths))]
    public void ScoresAgreeWithTheOracle(int width)
    {
        const int N = 19;
        int stride = width + 4;
        ushort[] halves = Samples.ToHalf(Samples.Normal(N * stride, width));
        float[] singles = Samples.FromHalf(halves);
        foreach (int rows in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 19])
        {
            float[] q = Samples.Normal(rows * (width + 1), rows);
            float[] scores = Scores(q, rows, width, singles, null, stride, N);
            for (int r = 0; r < rows; r++)
            {
                for (int j = 0; j < N; j++)
                {
                    ReadOnlySpan<float> a = q.AsSpan(r * (width + 1), width), b = singles.AsSpan(j * stride, width);
                    new Tolerance(0, 1e-6 * Oracle.DotSize(a, b), "f32 lanes, up to 16 terms each")
                        .Check(Oracle.Dot(a, b), scores[r * (N + 3) + j], $"row {r} of {rows}, key {j}");
                }
            }

            Bits.Equal(scores, Scores(q, rows, width, null, halves, stride, N));
            Bits.Equal(scores.AsSpan(0, N), Scores(q, 1, width, singles, null, stride, N).AsSpan(0, N));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void ValuesAgreeWithTheOracle(int width)
    {
        const int N = 19;
        int stride = width + 4;
        ushort[] halves = Samples.ToHalf(Samples.Normal(N * stride, width));
        float[] singles = Samples.FromHalf(halves);
        foreach (int rows in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 19])
        {
            float[] p = [.. Samples.Normal(rows * (N + 1), rows).Select(MathF.Abs)];
            float[] sums = Sums(p, rows, width, singles, null, stride, N);
            for (int r = 0; r < rows; r++)
            {
                for (int d = 0; d < width; d++)
                {
                    double expected = 0.5, size = 0.5;
                    for (int j = 0; j < N; j++)
                    {
                        expected += (double)p[r * (N + 1) + j] * singles[j * stride + d];
                        size += Math.Abs((double)p[r * (N + 1) + j] * singles[j * stride + d]);
                    }

                    new Tolerance(0, 1.2e-6 * size, "20 terms in order").Check(expected, sums[r * (width + 3) + d], $"row {r} of {rows}, column {d}");
                }
            }

            Bits.Equal(sums, Sums(p, rows, width, null, halves, stride, N));
            Bits.Equal(sums.AsSpan(0, width), Sums(p, 1, width, singles, null, stride, N).AsSpan(0, width));
        }
    }

    /// <summary>Blocks are read in place; the oracle in double reads the numbers that they mean.</summary>
    [Theory]
    [InlineData(8, 32)]
    [InlineData(8, 64)]
    [InlineData(8, 96)]
    [InlineData(8, 256)]
    [InlineData(2, 32)]
    [InlineData(2, 64)]
    [InlineData(2, 96)]
    [InlineData(2, 256)]
    public void BlocksAgreeWithTheOracleAndHaveTheBitsOfExpandedRows(int type, int width)
    {
        const int N = 19;
        (byte[] blocks, float[] singles) = Blocks(type, N, width);
        using var stored = new Guarded<byte>(blocks, 1);
        nint bytes = blocks.Length / N;
        foreach (int rows in (int[])[1, 2, 3, 4, 5, 6, 8])
        {
            float[] q = Samples.Normal(rows * (width + 1), rows), p = [.. Samples.Normal(rows * (N + 1), rows).Select(MathF.Abs)];
            using var qs = new Guarded<float>(q, 1);
            using var ps = new Guarded<float>(p, 1);
            using var scores = new Guarded<float>(new float[rows * (N + 3)], 3);
            using var sums = new Guarded<float>(rows * (width + 3), 3);
            sums.Span.Fill(0.5f);
            if (type == Spud.Numerics.Blocks.Q8_0.Type)
            {
                AttentionScores.Q8_0(qs.Pointer, width + 1, rows, stored.Pointer, bytes, N, width, scores.Pointer, N + 3);
                AttentionValues.Q8_0(ps.Pointer, N + 1, rows, stored.Pointer, bytes, N, width, sums.Pointer, width + 3);
            }
            else
            {
                AttentionScores.Q4_0(qs.Pointer, width + 1, rows, stored.Pointer, bytes, N, width, scores.Pointer, N + 3);
                AttentionValues.Q4_0(ps.Pointer, N + 1, rows, stored.Pointer, bytes, N, width, sums.Pointer, width + 3);
            }

            scores.CheckGuards();
            sums.CheckGuards();
            for (int r = 0; r < rows; r++)
            {
                for (int j = 0; j < N; j++)
                {
                    ReadOnlySpan<float> a = q.AsSpan(r * (width + 1), width), b = singles.AsSpan(j * width, width);
                    new Tolerance(0, 1e-6 * Oracle.DotSize(a, b), "f32 lanes, up to 16 terms each").Check(Oracle.Dot(a, b), scores.Span[r * (N + 3) + j], $"row {r} of {rows}, key {j}");
                }
            }

            Bits.Equal(Scores(q, rows, width, singles, null, width, N), scores.Span.ToArray());
            Bits.Equal(Sums(p, rows, width, singles, null, width, N), sums.Span.ToArray());
        }
    }

    [Fact]
    public void TwoRunsOfValuesGiveTheBitsOfOne()
    {
        const int N = 50, Width = 72;
        using var p = new Guarded<float>(Samples.Normal(5 * N, 1));
        using var values = new Guarded<float>(Samples.Normal(N * Width, 2));
        using var once = new Guarded<float>(new float[5 * Width]);
        using var twice = new Guarded<float>(new float[5 * Width]);
        AttentionValues.F32(p.Pointer, N, 5, values.Pointer, Width, N, Width, once.Pointer, Width);
        AttentionValues.F32(p.Pointer, N, 5, values.Pointer, Width, 13, Width, twice.Pointer, Width);
        AttentionValues.F32(p.Pointer + 13, N, 5, values.Pointer + 13 * Width, Width, N - 13, Width, twice.Pointer, Width);
        Bits.Equal(once.Span, twice.Span);
    }

    [Fact]
    public void EveryFiniteHalfIsExact()
    {
        ushort[] halves = [.. Enumerable.Range(0, 65536).Where(bits => (bits & 0x7c00) != 0x7c00).Select(bits => (ushort)bits)];
        using var values = new Guarded<ushort>(halves);
        using var one = new Guarded<float>([1f]);
        using var sums = new Guarded<float>(new float[halves.Length]);
        AttentionValues.F16(one.Pointer, 1, 1, values.Pointer, halves.Length, 1, halves.Length, sums.Pointer, halves.Length);
        sums.CheckGuards();
        Assert.Equal(Samples.FromHalf(halves), sums.Span.ToArray());
    }

    private static (byte[] Blocks, float[] Values) Blocks(int type, int rows, int width)
    {
        int blockBytes = type == Spud.Numerics.Blocks.Q8_0.Type ? 34 : 18;
        byte[] blocks = new byte[rows * width / 32 * blockBytes];
        new Random(type + width).NextBytes(blocks);
        for (int block = 0; block < blocks.Length; block += blockBytes)
            BitConverter.TryWriteBytes(blocks.AsSpan(block), (Half)(0.01f + block % 7));

        float[] values = new float[rows * width];
        Spud.Numerics.Blocks.Expansion.ToF32(type, blocks, values);
        return (blocks, values);
    }

    private static float[] Scores(float[] q, int rows, int width, float[]? singles, ushort[]? halves, int stride, int n)
    {
        using var qs = new Guarded<float>(q, 1);
        using var scores = new Guarded<float>(new float[rows * (n + 3)], 3);
        using var s = new Guarded<float>(singles ?? [], 1);
        using var h = new Guarded<ushort>(halves ?? [], 1);
        if (singles is not null)
        {
            AttentionScores.F32(qs.Pointer, width + 1, rows, s.Pointer, stride, n, width, scores.Pointer, n + 3);
        }
        else
        {
            AttentionScores.F16(qs.Pointer, width + 1, rows, h.Pointer, stride, n, width, scores.Pointer, n + 3);
        }

        scores.CheckGuards();
        return scores.Span.ToArray();
    }

    private static float[] Sums(float[] p, int rows, int width, float[]? singles, ushort[]? halves, int stride, int n)
    {
        using var ps = new Guarded<float>(p, 1);
        using var sums = new Guarded<float>(rows * (width + 3), 3);
        using var s = new Guarded<float>(singles ?? [], 1);
        using var h = new Guarded<ushort>(halves ?? [], 1);
        sums.Span.Fill(0.5f);
        if (singles is not null)
        {
            AttentionValues.F32(ps.Pointer, n + 1, rows, s.Pointer, stride, n, width, sums.Pointer, width + 3);
        }
        else
        {
            AttentionValues.F16(ps.Pointer, n + 1, rows, h.Pointer, stride, n, width, sums.Pointer, width + 3);
        }

        sums.CheckGuards();
        return sums.Span.ToArray();
    }
}
