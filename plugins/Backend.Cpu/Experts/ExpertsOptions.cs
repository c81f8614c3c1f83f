using Backend.Cpu.Shared;

namespace Backend.Cpu.Experts;

/// <summary>Options of experts "cpu".</summary>
internal sealed class ExpertsOptions
{
    /// <summary>Precision of activations in matrix products: "q8" is faster, "f32" exact.</summary>
    public ActivationPrecision Activations { get; set; } = ActivationPrecision.Q8;
}
