namespace Reference;

/// <summary>Row-major arithmetic: floats in, double inside.</summary>
internal static class Arithmetic
{
    /// <summary>y = W x + bias: W [N, K], x [K], y [N]; an empty bias is none.</summary>
    public static void Linear(ReadOnlySpan<float> w, ReadOnlySpan<double> x, ReadOnlySpan<float> bias, Span<double> y)
    {
        for (int o = 0; o < y.Length; o++)
            y[o] = Dot(w.Slice(o * x.Length, x.Length), x) + (bias.IsEmpty ? 0 : bias[o]);
    }

    /// <summary>a . b.</summary>
    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];

        return sum;
    }

    /// <summary>y = w x / sqrt(mean x^2 + epsilon); y may be x.</summary>
    public static void RmsNorm(ReadOnlySpan<double> x, ReadOnlySpan<float> w, double epsilon, Span<double> y)
    {
        double squares = 0;
        foreach (double value in x)
            squares += value * value;

        double scale = 1 / Math.Sqrt(squares / x.Length + epsilon);
        for (int i = 0; i < y.Length; i++)
            y[i] = w[i] * x[i] * scale;
    }

    /// <summary>x as doubles.</summary>
    public static void Widen(ReadOnlySpan<float> x, Span<double> y)
    {
        for (int i = 0; i < x.Length; i++)
            y[i] = x[i];
    }

    /// <summary>y += scale * x, in double until the sum is rounded.</summary>
    public static void AddScaled(double scale, ReadOnlySpan<double> x, Span<float> y)
    {
        for (int i = 0; i < x.Length; i++)
            y[i] = (float)(y[i] + scale * x[i]);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
