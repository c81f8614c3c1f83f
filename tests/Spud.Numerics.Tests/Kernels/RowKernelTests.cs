using Xunit;

namespace Spud.Numerics.Tests.Kernels;

public sealed unsafe class RowKernelTests
{
    [Fact]
    public void DotAgreesWithTheOracleForEveryLength()
    {
        foreach (int n in Samples.Lengths)
        {
            float[] a = Samples.Normal(n, n), b = Samples.Normal(n, n + 1);
            using var left = new Guarded<float>(a, n % 5);
            using var right = new Guarded<float>(b, n % 3);
            double size = Oracle.DotSize(a, b);
            new Tolerance(0, 2e-6 * size, "f32 lanes, sums of up to 100 terms each")
                .Check(Oracle.Dot(a, b), Dot.Run(left.Pointer, right.Pointer, n), $"n {n}");
        }
    }

    [Fact]
    public void RmsNormAgreesWithTheOracleForEveryLength()
    {
        var tolerance = new Tolerance(3e-6, 1e-37, "a sum of squares in f32 lanes, a root and three roundings");
        foreach (int n in Samples.Lengths)
        {
            float[] x = Samples.Normal(n, n, 3), weight = Samples.Normal(n, n + 1);
            using var xs = new Guarded<float>(x, n % 5);
            using var weights = new Guarded<float>(weight, n % 3);
            using var y = new Guarded<float>(n, n % 4);
            RmsNorm.Run(xs.Pointer, weights.Pointer, 1e-5f, y.Pointer, n);
            y.CheckGuards();
            tolerance.Check(Oracle.RmsNorm(x, weight, 1e-5f), y.Span, $"n {n}");
            RmsNorm.Run(xs.Pointer, null, 1e-5f, xs.Pointer, n);
            xs.CheckGuards();
            tolerance.Check(Oracle.RmsNorm(x, [.. x.Select(_ => 1f)], 1e-5f), xs.Span, $"no weight, n {n}");
        }
    }

    [Fact]
    public void SoftmaxAgreesWithTheOracleForEveryLength()
    {
        foreach (int n in Samples.Lengths)
        {
            float[] x = Samples.Normal(n, n, 10);
            using var xs = new Guarded<float>(x, n % 5);
            using var y = new Guarded<float>(n, n % 3);
            Softmax.Run(xs.Pointer, y.Pointer, n);
            y.CheckGuards();
            new Tolerance(6e-6, 1e-37, "x - max is up to 80 with a rounding of its own; exp within 2 ulp; a sum in lanes")
                .Check(Oracle.Softmax(x), y.Span, $"n {n}");
        }
    }

    [Fact]
    public void SoftmaxPiecesFoldOverRuns()
    {
        float[] x = Samples.Normal(300, 1, 10);
        using var xs = new Guarded<float>(x);
        using var y = new Guarded<float>(300);
        float max = float.NegativeInfinity, sum = 0;
        foreach ((int from, int n) in ((int, int)[])[(0, 1), (1, 130), (131, 169)])
        {
            float newMax = MathF.Max(max, Softmax.Max(xs.Pointer + from, n));
            sum *= MathF.Exp(max - newMax);
            sum += Softmax.ExpSum(xs.Pointer + from, newMax, y.Pointer + from, n);
            max = newMax;
        }

        Assert.Equal(x.Max(), max);
        new Tolerance(3e-6, 0, "as a softmax").Check(x.Sum(value => Math.Exp((double)value - max)), sum, "sum");
    }

    [Fact]
    public void ScoresOfNegativeInfinityBecomeExactZeros()
    {
        float[] x = [.. Enumerable.Range(0, 40).Select(i => i % 3 == 0 ? float.NegativeInfinity : i)];
        using var xs = new Guarded<float>(x);
        Softmax.Run(xs.Pointer, xs.Pointer, x.Length);
        for (int i = 0; i < x.Length; i += 3)
        {
            Assert.Equal(0f, xs.Span[i]);
        }

        Assert.Equal(1f, xs.Span.ToArray().Sum(), 1e-6f);
        Assert.Equal(float.NegativeInfinity, Softmax.Max(xs.Pointer, 0));
    }

    /// <summary>Through ExpSum with a maximum of zero: y is the bare exponential.</summary>
    [Fact]
    public void TheExponentialIsWithinTwoUnitsInTheLastPlace()
    {
        const int N = 200_001;
        float[] x = [.. Enumerable.Range(0, N).Select(i => -87f + 174.5f * i / N)];
        using var xs = new Guarded<float>(x);
        Softmax.ExpSum(xs.Pointer, 0f, xs.Pointer, N);
        double worst = 0;
        for (int i = 0; i < N; i++)
        {
            double expected = Math.Exp(x[i]);
            worst = Math.Max(worst, Math.Abs(xs.Span[i] - expected) / (MathF.BitIncrement((float)expected) - (double)(float)expected));
        }

        Assert.InRange(worst, 0.4, 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RopeAgreesWithTheOracleForEveryWidth(bool halves)
    {
        for (int width = 0; width <= 130; width += 2)
        {
            int length = width + 5;
            float[] head = Samples.Normal(length, width), angle = Samples.Normal(width / 2, 1, 10);
            float[] cos = [.. angle.Select(MathF.Cos)], sin = [.. angle.Select(MathF.Sin)];
            using var heads = new Guarded<float>(head, width % 3);
            using var c = new Guarded<float>(cos);
            using var s = new Guarded<float>(sin, 1);
            if (halves)
            {
                Rope.Halves(heads.Pointer, c.Pointer, s.Pointer, width);
            }
            else
            {
                Rope.Interleaved(heads.Pointer, c.Pointer, s.Pointer, width);
            }

            heads.CheckGuards();
            new Tolerance(0, 1e-6, "three roundings of terms up to 5").Check(Oracle.Rope(head, cos, sin, width, halves), heads.Span, $"width {width}");
        }
    }
}
