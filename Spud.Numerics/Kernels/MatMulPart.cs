namespace Spud.Numerics;

/// <summary>
/// One thread's share of y = x W^T: all rows t in 0 .. Rows, the outputs FirstOutput .. FirstOutput + Outputs of W
/// [outputs, K]. Element (t, o) is written to Y[t * YStride + o], with o counted from the matrix's first output.
/// </summary>
public readonly unsafe struct MatMulPart(float* y, nint yStride, int rows, int k, int firstOutput, int outputs)
{
    public float* Y { get; } = y;

    /// <summary>Floats between rows of y.</summary>
    public nint YStride { get; } = yStride;

    public int Rows { get; } = rows;

    public int K { get; } = k;

    public int FirstOutput { get; } = firstOutput;

    public int Outputs { get; } = outputs;
}
