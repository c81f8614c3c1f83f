using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Shared;

/// <summary>Packs a matrix; one part per tile.</summary>
internal struct PackJob : IJob
{
    /// <summary>[N, K], as in the file.</summary>
    public required TensorView Weight;

    /// <summary>I8 [tiles, bytes], written.</summary>
    public required TensorView Packed;

    public readonly void Run(int part, int worker) => MatrixKernels.Pack(Weight, Packed, part);
}
