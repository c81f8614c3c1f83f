using Spud.Numerics.Blocks;
using Xunit;

namespace Spud.Numerics.Tests.Kernels;

public sealed unsafe class MatMulTests
{
    public static TheoryData<int> AllTypes =>
        [.. BlockFormat.Known.ToArray().Where(type => TestData.Has($"dequant/{BlockFormat.Of(type).Name.ToLowerInvariant()}.bin"))];

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void ExactActivationsAgreeWithTheOracle(int type)
    {
        const int K = 512, Rows = 6, Outputs = 29, First = 2, Count = 25;
        var weights = new QuantWeights(type, Outputs, K);
        float[] x = Samples.Normal(Rows * K, 1);
        using var xs = new Guarded<float>(x);
        using var w = new Guarded<byte>(weights.Bytes, 1);
        using var y = new Guarded<float>(Rows * Outputs);
        using var scratch = new Guarded<byte>((int)MatMul.F32ScratchBytes(type, K));
        y.Span.Fill(7f);
        MatMul.F32Activations(type, w.Pointer, xs.Pointer, K, new(y.Pointer, Outputs, Rows, K, First, Count), scratch.Pointer);
        y.CheckGuards();
        scratch.CheckGuards();
        CheckPart(x, weights.Values, y.Span, Rows, Outputs, K, First, Count);
    }

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void ARowOfExactActivationsHasTheSameBitsAmongSixtyFourRowsAsAlone(int type)
    {
        const int K = 512, Outputs = 33;
        var weights = new QuantWeights(type, Outputs, K);
        using var w = new Guarded<byte>(weights.Bytes, 1);
        using var x = new Guarded<float>(Samples.Normal(64 * K, 1));
        using var many = new Guarded<float>(64 * Outputs);
        using var scratch = new Guarded<byte>((int)MatMul.F32ScratchBytes(type, K));
        MatMul.F32Activations(type, w.Pointer, x.Pointer, K, new(many.Pointer, Outputs, 64, K, 0, Outputs), scratch.Pointer);
        foreach (int rows in (int[])[1, 3, 7])
        {
            using var few = new Guarded<float>(rows * Outputs);
            MatMul.F32Activations(type, w.Pointer, x.Pointer, K, new(few.Pointer, Outputs, rows, K, 0, Outputs), scratch.Pointer);
            few.CheckGuards();
            Bits.Equal(many.Span[..(rows * Outputs)], few.Span);
        }
    }

    private static void CheckPart(
        float[] x, float[] w, ReadOnlySpan<float> y, int rows, int outputs, int k, int first, int count)
    {
        for (int t = 0; t < rows; t++)
        {
            for (int o = 0; o < outputs; o++)
            {
                if (o < first || o >= first + count)
                {
                    Assert.Equal(7f, y[t * outputs + o]);
                    continue;
                }

                ReadOnlySpan<float> a = x.AsSpan(t * k, k), b = w.AsSpan(o * k, k);
                new Tolerance(0, 4e-6 * Oracle.DotSize(a, b), "f32 sums of up to 100 terms, scales rounded once")
                    .Check(Oracle.Dot(a, b), y[t * outputs + o], $"t {t}, o {o}, k {k}");
            }
        }
    }
}
