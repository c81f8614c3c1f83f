using System.Numerics.Tensors;

namespace Spud.Evaluation.Calibration;

/// <summary>Weighted least squares with several right sides, in double precision: sums of x x' and x y', solved by Cholesky decomposition.</summary>
/// <param name="inputs">Length of x.</param>
/// <param name="outputs">Length of y.</param>
internal sealed class NormalEquations(int inputs, int outputs)
{
    private readonly double[][] _products = [.. Enumerable.Range(0, inputs).Select(_ => new double[inputs])], _right = [.. Enumerable.Range(0, inputs).Select(_ => new double[outputs])];

    /// <summary>Adds a row.</summary>
    /// <param name="x">[inputs].</param>
    /// <param name="weight">Weight of x x'.</param>
    /// <param name="y">[outputs], weighted already.</param>
    public void Add(ReadOnlySpan<double> x, double weight, ReadOnlySpan<double> y)
    {
        for (int i = 0; i < inputs; i++)
        {
            // The upper triangle; the lower one is the same.
            Span<double> products = _products[i].AsSpan(i), right = _right[i];
            TensorPrimitives.MultiplyAdd(x[i..], weight * x[i], products, products);
            TensorPrimitives.MultiplyAdd(y, x[i], right, right);
        }
    }

    /// <summary>Solves (sum + ridge I) W = right; the sums are used up.</summary>
    /// <param name="ridge">Above 0.</param>
    /// <returns>[inputs][outputs].</returns>
    public double[][] Solve(double ridge)
    {
        for (int i = 0; i < inputs; i++)
            _products[i][i] += ridge;

        // U'U, row by row in place; then U'z = right and U w = z.
        for (int k = 0; k < inputs; k++)
        {
            Span<double> row = _products[k].AsSpan(k);
            TensorPrimitives.Divide(row, Math.Sqrt(row[0]), row);
            TensorPrimitives.Divide(_right[k], row[0], _right[k]);
            for (int i = k + 1; i < inputs; i++)
            {
                double factor = -row[i - k];
                TensorPrimitives.MultiplyAdd(row[(i - k)..], factor, _products[i].AsSpan(i), _products[i].AsSpan(i));
                TensorPrimitives.MultiplyAdd(_right[k], factor, _right[i], _right[i]);
            }
        }

        for (int k = inputs - 1; k >= 0; k--)
        {
            TensorPrimitives.Divide(_right[k], _products[k][k], _right[k]);
            for (int i = 0; i < k; i++)
                TensorPrimitives.MultiplyAdd(_right[k], -_products[i][k], _right[i], _right[i]);
        }

        return _right;
    }
}
