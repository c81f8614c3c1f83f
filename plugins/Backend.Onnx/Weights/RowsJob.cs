using System.Runtime.InteropServices;
using Spud;

namespace Backend.Onnx.Weights;

/// <summary>Converts a matrix [N, K] to another type; each part is a number of rows.</summary>
internal struct RowsJob : IJob
{
    /// <summary>Rows per part.</summary>
    public const int Rows = 32;

    /// <summary>[N, K], of any type.</summary>
    public required TensorView Weight;

    /// <summary>F32, F16 or BF16 [N, K], written.</summary>
    public required TensorView Target;

    /// <summary>Pinned, <see cref="Rows"/> * K floats per worker.</summary>
    public required float[] Scratch;

    public readonly int Parts => (Weight.Shape[0] + Rows - 1) / Rows;

    public readonly void Run(int part, int worker)
    {
        int first = part * Rows, rows = Math.Min(Rows, Weight.Shape[0] - first), width = Weight.Shape[1];
        IMemoryDomain host = Target.Domain;
        TensorView source = Weight.Rows(first, rows), target = Target.Rows(first, rows);
        if (source.Type == target.Type || source.Type == ElementType.F32)
        {
            host.Copy(source, target);
            return;
        }

        TensorView floats = new(host, Marshal.UnsafeAddrOfPinnedArrayElement(Scratch, worker * Rows * width), ElementType.F32, rows, width);
        host.Copy(source, floats);
        host.Copy(floats, target);
    }
}
