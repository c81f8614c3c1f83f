using Backend.Cpu.Shared;

namespace Backend.Cpu.Attention;

/// <summary>Options of attention "cpu".</summary>
internal sealed class AttentionOptions
{
    /// <summary>Precision of activations in matrix products: "q8" is faster, "f32" exact.</summary>
    public ActivationPrecision Activations { get; set; } = ActivationPrecision.Q8;
}
