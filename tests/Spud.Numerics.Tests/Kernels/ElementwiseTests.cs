using Xunit;

namespace Spud.Numerics.Tests.Kernels;

public sealed unsafe class ElementwiseTests
{
    private static readonly Tolerance _oneRounding = new(1.2e-7, 1e-45, "one or two roundings of f32");
    private static readonly Tolerance _exponential = new(1e-6, 1e-37, "exp within 2 ulp, a quotient and two products; e^-87 is flushed");

    private static readonly Dictionary<string, (Func<double, double, double> Oracle, Action<Operands> Run, Tolerance Tolerance)> _kernels = new()
    {
        ["Add"] = ((a, b) => a + b, p => Add.Run(p.A, p.B, p.Y, p.N), new(6e-8, 0, "one rounding")),
        ["Scale"] = ((a, _) => 0.3f * a, p => Scale.Run(0.3f, p.A, p.Y, p.N), _oneRounding),
        ["SwiGlu"] = ((a, b) => Oracle.Silu(a) * b, p => SwiGlu.Run(p.A, p.B, p.Y, p.N), _exponential),
        ["GeluGate"] = ((a, b) => Oracle.Gelu(a) * b, p => GeluGate.Run(p.A, p.B, p.Y, p.N), new(1e-5, 1e-7, "the exponent of e^-2u is up to 80 and has a relative rounding error itself")),
        ["ClampedSwiGlu"] = ((a, b) => Oracle.ClampedSwiGlu(a, b, 1.702f, 7), p => ClampedSwiGlu.Run(p.A, p.B, p.Y, p.N, 1.702f, 7f), new(4e-6, 1e-6, "as SwiGlu; up + 1 may cancel")),
    };

    public static TheoryData<string> Kernels => [.. _kernels.Keys];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void AgreesWithTheOracleForEveryLength(string kernel)
    {
        foreach (int n in Samples.Lengths)
        {
            Check(kernel, Samples.Normal(n, n, 5), Samples.Normal(n, n + 1, 5), n % 5);
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void AgreesWithTheOracleForExtremeValues(string kernel)
    {
        float[] a = [0f, -0f, 1e-30f, -1e-30f, 1e-3f, 0.62f, 0.63f, -0.62f, 20f, -20f, 60f, -60f, 200f, -200f, 1e4f, -1e4f, 88f, -88f];
        Check(kernel, a, Samples.Normal(a.Length, 1), 0);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void MayWriteOverItsFirstOperand(string kernel)
    {
        using var a = new Guarded<float>(Samples.Normal(77, 3));
        using var b = new Guarded<float>(Samples.Normal(77, 4));
        using var y = new Guarded<float>(77);
        _kernels[kernel].Run(new(a.Pointer, b.Pointer, y.Pointer, 77));
        _kernels[kernel].Run(new(a.Pointer, b.Pointer, a.Pointer, 77));
        Bits.Equal(y.Span, a.Span);
    }

    [Fact]
    public void AddScaledAgreesWithTheOracleForEveryLength()
    {
        foreach (int n in Samples.Lengths)
        {
            float[] x = Samples.Normal(n, n), before = Samples.Normal(n, n + 1);
            using var xs = new Guarded<float>(x, n % 3);
            using var ys = new Guarded<float>(before, n % 7);
            AddScaled.Run(0.7f, xs.Pointer, ys.Pointer, n);
            ys.CheckGuards();
            new Tolerance(1e-7, 3e-7, "two roundings of terms up to 5").Check([.. x.Zip(before, (a, b) => 0.7f * (double)a + b)], ys.Span, $"n {n}");
        }
    }

    private static void Check(string kernel, float[] a, float[] b, int misalignment)
    {
        var (oracle, run, tolerance) = _kernels[kernel];
        int n = a.Length;
        using var left = new Guarded<float>(a, misalignment);
        using var right = new Guarded<float>(b, misalignment + 1);
        using var y = new Guarded<float>(n, misalignment + 2);
        run(new(left.Pointer, right.Pointer, y.Pointer, n));
        y.CheckGuards();
        tolerance.Check([.. a.Zip(b, (p, q) => oracle(p, q))], y.Span, $"{kernel}, n {n}");
    }

    private readonly struct Operands(float* a, float* b, float* y, int n)
    {
        public float* A { get; } = a;

        public float* B { get; } = b;

        public float* Y { get; } = y;

        public int N { get; } = n;
    }
}
