namespace Spud.Conformance.Oracles;

/// <summary>Slow arithmetic in double precision, row-major.</summary>
public static class Plain
{
    /// <summary>x [K] times W [N, K], plus a bias if there is one.</summary>
    public static double[] Linear(double[] x, ReadOnlySpan<double> w, ReadOnlySpan<double> bias = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        double[] y = new double[w.Length / x.Length];
        for (int o = 0; o < y.Length; o++)
        {
            y[o] = bias.IsEmpty ? 0 : bias[o];
            for (int i = 0; i < x.Length; i++)
                y[o] += w[o * x.Length + i] * x[i];
        }

        return y;
    }

    /// <summary>a . b.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];

        return sum;
    }

    /// <summary>w x / sqrt(mean x^2 + epsilon).</summary>
    public static double[] RmsNorm(ReadOnlySpan<double> x, double[] w, double epsilon)
    {
        ArgumentNullException.ThrowIfNull(w);
        double squares = 0;
        foreach (double value in x)
            squares += value * value;

        double[] y = new double[x.Length];
        for (int i = 0; i < y.Length; i++)
            y[i] = w[i] * x[i] / Math.Sqrt(squares / x.Length + epsilon);

        return y;
    }

    /// <summary>Row of a view in double precision.</summary>
    public static double[] Row(in TensorView rows, int row) => [.. rows.At(row).AsSpan<float>().ToArray().Select(value => (double)value)];

    /// <summary>Row of an array in double precision.</summary>
    internal static double[] Row(ReadOnlySpan<float> rows, int row, int width)
    {
        double[] values = new double[width];
        for (int i = 0; i < width; i++)
            values[i] = rows[row * width + i];

        return values;
    }
}
