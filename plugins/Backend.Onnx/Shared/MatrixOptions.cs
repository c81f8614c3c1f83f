using Backend.Onnx.Weights;

namespace Backend.Onnx.Shared;

/// <summary>Options shared by components with large matrices.</summary>
internal class MatrixOptions : OnnxOptions
{
    /// <summary>
    /// "auto": blocks if ONNX Runtime computes on them exactly, else f32; "f32": always f32; "f16", "bf16": rounded, half the memory.
    /// </summary>
    public WeightFormat Weights { get; set; } = WeightFormat.Auto;

    /// <summary>
    /// Whether ONNX Runtime packs f32 matrices into its own memory (an estimate in `spud explain`), which is faster, or reads them in
    /// place. Routed experts are always read in place.
    /// </summary>
    public bool Prepack { get; set; } = true;

    /// <summary>Precision of activations in products with blocks: "f32" is exact, "q8" faster.</summary>
    public ActivationPrecision Activations { get; set; } = ActivationPrecision.F32;
}
