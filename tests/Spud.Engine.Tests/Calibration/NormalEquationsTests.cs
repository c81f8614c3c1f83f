using Spud.Evaluation.Calibration;
using Xunit;

namespace Spud.Tests.Calibration;

public sealed class NormalEquationsTests
{
    /// <summary>Rows of an exact linear relation give its matrix back, whatever their weights.</summary>
    [Fact]
    public void An_exact_relation_is_found()
    {
        const int Inputs = 7, Outputs = 3;
        Random random = new(1);
        double[][] truth = [.. Enumerable.Range(0, Inputs).Select(_ => Numbers(Outputs))];
        NormalEquations equations = new(Inputs, Outputs);
        for (int row = 0; row < 40; row++)
        {
            double[] x = Numbers(Inputs);
            double weight = 0.1 + random.NextDouble();
            equations.Add(x, weight, [.. Enumerable.Range(0, Outputs).Select(output => weight * Enumerable.Range(0, Inputs).Sum(input => x[input] * truth[input][output]))]);
        }

        double[][] solved = equations.Solve(1e-12);
        for (int input = 0; input < Inputs; input++)
        {
            for (int output = 0; output < Outputs; output++)
                Assert.Equal(truth[input][output], solved[input][output], 1e-8);
        }

        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
    }

    /// <summary>At the solution, the gradient of the sum of squares and the ridge is zero.</summary>
    [Fact]
    public void With_a_ridge_the_gradient_is_zero()
    {
        const double Ridge = 0.7;
        Random random = new(2);
        (double[] X, double Y)[] rows = [.. Enumerable.Range(0, 30).Select(_ => (new[] { random.NextDouble(), random.NextDouble(), 1 }, random.NextDouble()))];
        NormalEquations equations = new(3, 1);
        foreach ((double[] x, double y) in rows)
            equations.Add(x, 1, [y]);

        double[] solved = [.. equations.Solve(Ridge).Select(static row => row[0])];
        for (int i = 0; i < 3; i++)
            Assert.Equal(0, rows.Sum(row => row.X[i] * (row.X.Zip(solved, static (x, w) => x * w).Sum() - row.Y)) + Ridge * solved[i], 1e-10);
    }
}
