using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Shared;

/// <summary>output += factor * norm(delta), one part per row. The delta is overwritten.</summary>
internal struct PostNormJob : IJob
{
    /// <summary>F32 [T, C].</summary>
    public required TensorView Delta;

    /// <summary>F32 [C].</summary>
    public required TensorView Weight;

    /// <summary>Epsilon of the norm.</summary>
    public required float Epsilon;

    /// <summary>Factor applied before adding to the output.</summary>
    public required float Factor;

    /// <summary>F32 [T, C], accumulated into.</summary>
    public required TensorView Output;

    public readonly void Run(int part, int worker)
    {
        Span<float> delta = Delta.At(part).AsSpan<float>();
        Vectors.RmsNorm(delta, Weight.AsSpan<float>(), Epsilon, delta);
        Vectors.AddScaled(Factor, delta, Output.At(part).AsSpan<float>());
    }
}
