namespace Spud.Tests.Execution.Toy;

/// <summary>Weights that are a formula and no memory.</summary>
internal static class ToyMath
{
    /// <summary>Sum over c of x[c] * w(matrix, row, c), in double precision.</summary>
    public static double Product(ReadOnlySpan<float> x, int matrix, int row)
    {
        double sum = 0;
        for (int c = 0; c < x.Length; c++)
            sum += x[c] * Math.Sin(1.3 * matrix + 2.7 * row + 0.9 * (c + 1) * (row + 2));

        return sum / Math.Sqrt(x.Length);
    }
}
