using Backend.Onnx.Weights;

namespace Backend.Onnx.Shared;

/// <summary>What components with large matrices have in common.</summary>
internal class MatrixOptions : OnnxOptions
{
    /// <summary>"auto": blocks where ONNX Runtime computes on them exactly, else f32; "f32": always f32; "f16", "bf16": rounded to it, half the memory.</summary>
    public WeightFormat Weights { get; set; } = WeightFormat.Auto;

    /// <summary>
    /// Whether ONNX Runtime packs f32 matrices into memory of its own (an estimate in `spud explain`), which is faster, or reads them where
    /// they lie. The experts of a mixture are always read where they lie.
    /// </summary>
    public bool Prepack { get; set; } = true;

    /// <summary>What products with blocks read: "f32" exact, "q8" faster.</summary>
    public ActivationPrecision Activations { get; set; } = ActivationPrecision.F32;
}
