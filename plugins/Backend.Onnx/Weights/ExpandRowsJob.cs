using Spud;

namespace Backend.Onnx.Weights;

/// <summary>Expands a matrix [N, K] to f32; each part is a number of rows.</summary>
internal struct ExpandRowsJob : IJob
{
    private const int Rows = 32;

    /// <summary>[N, K], of any type.</summary>
    public required TensorView Weight;

    /// <summary>F32 [N, K], written.</summary>
    public required TensorView Expanded;

    public readonly int Parts => (Weight.Shape[0] + Rows - 1) / Rows;

    public readonly void Run(int part, int worker)
    {
        int first = part * Rows, rows = Math.Min(Rows, Weight.Shape[0] - first);
        Weight.Domain.Copy(Weight.Rows(first, rows), Expanded.Rows(first, rows));
    }
}
