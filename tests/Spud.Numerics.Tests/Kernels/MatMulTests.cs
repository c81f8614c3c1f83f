using Spud.Numerics.Blocks;
using Xunit;

namespace Spud.Numerics.Tests.Kernels;

public sealed unsafe class MatMulTests
{
    public static TheoryData<int> AllTypes =>
        [.. BlockFormat.Known.ToArray().Where(type => TestData.Has($"dequant/{BlockFormat.Of(type).Name.ToLowerInvariant()}.bin"))];

    public static TheoryData<int> Q8Types => [.. BlockFormat.Known.ToArray().Where(MatMul.TakesQ8)];

    [Fact]
    public void TenFormatsTakeActivationsOfEightBits() => Assert.Equal(10, Q8Types.Count);

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

    [Theory]
    [MemberData(nameof(Q8Types))]
    public void RoundedActivationsAgreeWithTheOracleOfTheRoundedValues(int type)
    {
        foreach (int k in (int[])[256, 512, 1536])
        {
            const int Rows = 6, Outputs = 29, First = 2, Count = 25;
            var weights = new QuantWeights(type, Outputs, k);
            using var memory = new Guarded<byte>((int)Q8Rows.Bytes(Rows, k));
            Q8Rows q = Quantise(memory, Rows, k);
            using var w = new Guarded<byte>(weights.Bytes, 1);
            using var y = new Guarded<float>(Rows * Outputs);
            using var scratch = new Guarded<byte>((int)MatMul.Q8ScratchBytes(type, k));
            y.Span.Fill(7f);
            MatMul.Q8Activations(type, w.Pointer, q, new(y.Pointer, Outputs, Rows, k, First, Count), scratch.Pointer);
            y.CheckGuards();
            scratch.CheckGuards();
            float[] rounded = [.. Enumerable.Range(0, Rows * k).Select(i => q.Quants[i] * q.Scales[i / 32])];
            CheckPart(rounded, weights.Values, y.Span, Rows, Outputs, k, First, Count);
        }
    }

    [Theory]
    [MemberData(nameof(Q8Types))]
    public void ARowHasTheSameBitsAmongSixtyFourRowsAsAlone(int type)
    {
        const int K = 512, Outputs = 33;
        var weights = new QuantWeights(type, Outputs, K);
        using var w = new Guarded<byte>(weights.Bytes);
        float[] many = RunQ8(type, w.Pointer, 64, 0, Outputs, K);
        Bits.Equal(many.AsSpan(0, 7 * Outputs), RunQ8(type, w.Pointer, 7, 0, Outputs, K));
        Bits.Equal(many.AsSpan(0, Outputs), RunQ8(type, w.Pointer, 1, 0, Outputs, K));
    }

    private static float[] RunQ8(int type, byte* weights, int rows, int first, int outputs, int k)
    {
        using var memory = new Guarded<byte>((int)Q8Rows.Bytes(rows, k));
        using var y = new Guarded<float>(rows * outputs);
        using var scratch = new Guarded<byte>((int)MatMul.Q8ScratchBytes(type, k));
        MatMul.Q8Activations(type, weights, Quantise(memory, rows, k), new(y.Pointer, outputs, rows, k, first, outputs), scratch.Pointer);
        return y.Span.ToArray();
    }

    /// <summary>Rows t = 0, 1, ... of fixed content.</summary>
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
