using System.Numerics.Tensors;

namespace Spud.Evaluation.Calibration;

/// <summary>What turns a row behind an inner layer into one that the model's head reads: A x + b.</summary>
/// <param name="Matrix">A, [C, C], row-major.</param>
/// <param name="Bias">b, [C].</param>
public sealed record ExitMap(float[] Matrix, float[] Bias)
{
    /// <summary>Computes A x + b.</summary>
    /// <param name="x">[C].</param>
    /// <param name="y">[C], written; not x.</param>
    public void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        for (int i = 0; i < y.Length; i++)
            y[i] = Bias[i] + TensorPrimitives.Dot(x, Matrix.AsSpan(i * x.Length, x.Length));
    }
}
