namespace Frozen;

/// <summary>Row-major: floats in, double inside.</summary>
internal static class Arithmetic
{
    /// <summary>y = x weight / sqrt(mean x^2 + epsilon).</summary>
    public static double[] RmsNorm(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, double epsilon)
    {
        double squares = 0;
        foreach (float value in x)
            squares += (double)value * value;

        double[] y = new double[x.Length];
        for (int i = 0; i < y.Length; i++)
            y[i] = x[i] * weight[i] / Math.Sqrt(squares / x.Length + epsilon);
        return y;
    }

    /// <summary>W x: W [N, K] to [N].</summary>
    public static double[] Multiply(ReadOnlySpan<float> matrix, ReadOnlySpan<double> x)
    {
        double[] y = new double[matrix.Length / x.Length];
        for (int row = 0; row < y.Length; row++)
        {
            ReadOnlySpan<float> weights = matrix.Slice(row * x.Length, x.Length);
            for (int i = 0; i < x.Length; i++)
                y[row] += weights[i] * x[i];
        }

        return y;
    }
}
