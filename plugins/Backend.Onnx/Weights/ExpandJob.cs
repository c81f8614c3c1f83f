using System.Runtime.InteropServices;
using Backend.Onnx.Kernels;
using Spud;

namespace Backend.Onnx.Weights;

/// <summary>Expands a matrix [N, K] into columns of a transposed one [K, N']; each part is a number of rows.</summary>
internal struct ExpandJob : IJob
{
    /// <summary>Rows per part.</summary>
    public const int Rows = 32;

    /// <summary>[N, K], of any type.</summary>
    public required TensorView Weight;

    /// <summary>F32 [K, N'], written.</summary>
    public required TensorView Transposed;

    /// <summary>First column that is written.</summary>
    public required int FirstColumn;

    /// <summary>Pinned, <see cref="Rows"/> * K floats per worker.</summary>
    public required float[] Scratch;

    public readonly int Parts => (Weight.Shape[0] + Rows - 1) / Rows;

    public readonly void Run(int part, int worker)
    {
        int first = part * Rows, rows = Math.Min(Rows, Weight.Shape[0] - first), width = Weight.Shape[1];
        int from = worker * Rows * width;
        IMemoryDomain host = Weight.Domain;
        host.Copy(Weight.Rows(first, rows), new TensorView(host, Marshal.UnsafeAddrOfPinnedArrayElement(Scratch, from), ElementType.F32, rows, width));
        Transpose.Run(Scratch.AsSpan(from, rows * width), rows, Transposed.Address, FirstColumn + first, Transposed.Shape[1]);
    }
}
