using Drafter.Heads.Kernels;
using Spud;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Drafter.Heads.Tests;

/// <summary>Products and blocks against the same formulas in double precision; the tolerance is that of rows rounded to 8 bits, and of matrices in Q8_0.</summary>
public sealed class HeadBlocksTests
{
    private const int Width = 96;

    [Theory]
    [InlineData(ElementType.F32, 1)]
    [InlineData(ElementType.Q8_0, 3)]
    [InlineData(ElementType.Q4_1, 2)]
    public void A_product_of_some_rows_is_theirs(ElementType type, int threads)
    {
        using TestBuild build = new(new TestModel { Hidden = Width, Vocabulary = 300 }.Describe(), threads, type);
        int[] rows = [.. Enumerable.Range(0, 203).Select(static i => i * 89 % 300)];
        PackedMatrix matrix = PackedMatrix.OfRows(build, build.Weights.Take("token_embd.weight", 300, Width), rows);
        double[] weights = build.Read("token_embd.weight"), x = Numbers(7);
        RoundedRow row = Row(build, x);
        float[] y = new float[rows.Length];
        matrix.Multiply(row, y);
        for (int i = 0; i < y.Length; i++)
            Assert.Equal(Dot(weights, rows[i], x), y[i], 0.05);

        float[] sum = [.. y];
        matrix.AddProduct(row, sum);
        Assert.Equal(y.Select(static value => 2 * value), sum);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_block_is_its_formula(bool seesTokens)
    {
        ModelDescription model = new TestModel { Hidden = Width, Vocabulary = 60 }.Describe();
        using TestBuild build = new(model, threads: 2);
        double[] w = Numbers(1, Width * Width), u = Numbers(2, Width * Width), b = Numbers(3), p = Numbers(4), e = Numbers(5);
        HeadBlocks blocks = Blocks(build, w, u, b, seesTokens);
        float[] sum = new float[Width], state = new float[Width];
        blocks.Run(0, Row(build, p), Row(build, e), sum, state);
        for (int i = 0; i < Width; i++)
        {
            double z = Dot(w, i, p) + b[i] + (seesTokens ? Dot(u, i, e) : 0);
            Assert.Equal(p[i] + z / (1 + Math.Exp(-z)), state[i], 0.1);
        }
    }

    private static HeadBlocks Blocks(TestBuild build, double[] w, double[] u, double[] b, bool seesTokens)
    {
        MemoryPack pack = new(build)
        {
            ["heads.tokens"] = [3, 5, 8],
            ["heads.1.hidden"] = [.. w.Select(static value => (float)value)],
            ["heads.1.token"] = [.. u.Select(static value => (float)value)],
            ["heads.1.bias"] = [.. b.Select(static value => (float)value)],
            Numbers = { ["heads.count"] = 1, ["heads.sees_tokens"] = seesTokens ? 1 : 0, ["heads.token_count"] = 3 },
        };
        return new(build, pack);
    }

    private static RoundedRow Row(TestBuild build, double[] values)
    {
        RoundedRow row = new(build, Width);
        row.Set([.. values.Select(static value => (float)value)]);
        return row;
    }

    private static double[] Numbers(int seed, int count = Width)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (double)(float)(random.NextDouble() - 0.5))];
    }

    private static double Dot(double[] matrix, int row, double[] x) => Enumerable.Range(0, Width).Sum(i => matrix[row * Width + i] * x[i]);
}
