using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Experts;

/// <summary>Multipliers of the shared expert: 1, or sigmoid(gate . x); one part per row.</summary>
internal struct SharedGateJob : IJob
{
    /// <summary>[T, C].</summary>
    public required Activations Normed;

    /// <summary>F32 [C], or absent.</summary>
    public required TensorView Gate;

    /// <summary>F32 [T], written.</summary>
    public required TensorView Weights;

    public readonly void Run(int part, int worker) =>
        Weights.AsSpan<float>()[part] = Gate.IsPresent
            ? 1 / (1 + MathF.Exp(-Vectors.Dot(Gate.AsSpan<float>(), Normed.Exact.At(part).AsSpan<float>())))
            : 1;
}
