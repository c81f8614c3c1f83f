using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Shared;

/// <summary>RMS norm of rows; one part per row.</summary>
internal struct NormJob : IJob
{
    /// <summary>F32 [T, C].</summary>
    public required TensorView Input;

    /// <summary>F32 [C].</summary>
    public required TensorView Weight;

    /// <summary>Epsilon of the norm.</summary>
    public required float Epsilon;

    /// <summary>[T, C], written; exact and optionally rounded.</summary>
    public required Activations Output;

    public readonly void Run(int part, int worker)
    {
        Span<float> normed = Output.Exact.At(part).AsSpan<float>();
        Vectors.RmsNorm(Input.At(part).AsSpan<float>(), Weight.AsSpan<float>(), Epsilon, normed);
        Output.Round(part);
    }
}
