namespace Spud.Numerics.Tests.Kernels;

/// <summary>The formulas of the kernels in double precision, as plainly as can be.</summary>
internal static class Oracle
{
    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    public static double Silu(double x) => x * Sigmoid(x);

    public static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    public static double ClampedSwiGlu(double gate, double up, double alpha, double limit)
    {
        gate = Math.Min(gate, limit);
        return gate * Sigmoid(alpha * gate) * (Math.Clamp(up, -limit, limit) + 1);
    }

    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }

    /// <summary>The sum of magnitudes: what rounding errors of a dot product are relative to.</summary>
    public static double DotSize(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += Math.Abs((double)a[i] * b[i]);
        }

        return sum;
    }

    public static double[] RmsNorm(float[] x, float[] weight, double epsilon)
    {
        double factor = 1 / Math.Sqrt(Dot(x, x) / x.Length + epsilon);
        return [.. x.Zip(weight, (value, scale) => value * factor * scale)];
    }

    public static double[] Softmax(float[] x)
    {
        double max = x.Max();
        double[] e = [.. x.Select(value => Math.Exp(value - max))];
        double sum = e.Sum();
        return [.. e.Select(value => value / sum)];
    }

    public static double[] Rope(float[] head, float[] cos, float[] sin, int width, bool halves)
    {
        double[] y = [.. head.Select(value => (double)value)];
        for (int i = 0; i < width / 2; i++)
        {
            (int a, int b) = halves ? (i, i + width / 2) : (2 * i, 2 * i + 1);
            y[a] = (double)head[a] * cos[i] - (double)head[b] * sin[i];
            y[b] = (double)head[a] * sin[i] + (double)head[b] * cos[i];
        }

        return y;
    }
}
