using Xunit;

namespace Spud.Numerics.Tests.Kernels;

public sealed unsafe class MatMulF32Tests
{
    [Fact]
    public void AgreesWithTheOracleForEveryLengthAndAwkwardShapes()
    {
        foreach (int k in Samples.Lengths)
        {
            int rows = 1 + k % 9, outputs = 1 + k % 8, xStride = k + 3, wStride = k + 1, yStride = outputs + 2;
            float[] x = Samples.Normal(rows * xStride, k), w = Samples.Normal(outputs * wStride, k + 1);
            using var xs = new Guarded<float>(x, k % 5);
            using var ws = new Guarded<float>(w, k % 3);
            using var y = new Guarded<float>(rows * yStride, 1);
            y.Span.Fill(7f);
            MatMulF32.Run(xs.Pointer, xStride, ws.Pointer, wStride, y.Pointer, yStride, rows, outputs, k);
            y.CheckGuards();
            for (int t = 0; t < rows; t++)
            {
                for (int o = 0; o < outputs; o++)
                {
                    ReadOnlySpan<float> a = x.AsSpan(t * xStride, k), b = w.AsSpan(o * wStride, k);
                    new Tolerance(0, 2e-6 * Oracle.DotSize(a, b), "f32 lanes, sums of up to 100 terms each")
                        .Check(Oracle.Dot(a, b), y.Span[t * yStride + o], $"k {k}, t {t}, o {o}");
                }

                Assert.Equal(7f, y.Span[t * yStride + outputs]);
            }
        }
    }

    [Theory]
    [InlineData(576, 13)]
    [InlineData(100, 24)]
    [InlineData(7, 5)]
    public void ARowHasTheSameBitsAmongSixtyFourRowsAsAlone(int k, int outputs)
    {
        using var x = new Guarded<float>(Samples.Normal(64 * k, 1));
        using var w = new Guarded<float>(Samples.Normal(outputs * k, 2));
        float[] many = Run(x.Pointer, w.Pointer, 64, outputs, k);
        Bits.Equal(many.AsSpan(0, 7 * outputs), Run(x.Pointer, w.Pointer, 7, outputs, k));
        for (int t = 0; t < 64; t++)
        {
            Bits.Equal(many.AsSpan(t * outputs, outputs), Run(x.Pointer + t * k, w.Pointer, 1, outputs, k));
        }
    }

    private static float[] Run(float* x, float* w, int rows, int outputs, int k)
    {
        var y = new float[rows * outputs];
        fixed (float* target = y)
        {
            MatMulF32.Run(x, k, w, k, target, outputs, rows, outputs, k);
        }

        return y;
    }
}
