using Backend.Cpu.Shared;

namespace Backend.Cpu.Head;

/// <summary>Options of head "cpu".</summary>
internal sealed class HeadOptions
{
    /// <summary>Precision of activations in matrix products: "q8" is faster, "f32" exact.</summary>
    public ActivationPrecision Activations { get; set; } = ActivationPrecision.Q8;
}
