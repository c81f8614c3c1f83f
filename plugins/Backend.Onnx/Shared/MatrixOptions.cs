using Backend.Onnx.Weights;

namespace Backend.Onnx.Shared;

/// <summary>What components with large matrices have in common.</summary>
internal class MatrixOptions : OnnxOptions
{
    /// <summary>"auto": blocks where ONNX Runtime computes on them exactly, else f32; "f32": always f32.</summary>
    public WeightFormat Weights { get; set; } = WeightFormat.Auto;

    /// <summary>What products with blocks read: "f32" exact, "q8" faster.</summary>
    public ActivationPrecision Activations { get; set; } = ActivationPrecision.F32;
}
