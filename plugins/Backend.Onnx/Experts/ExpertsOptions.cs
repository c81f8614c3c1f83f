using Backend.Onnx.Shared;

namespace Backend.Onnx.Experts;

/// <summary>Options of experts "onnx".</summary>
internal sealed class ExpertsOptions : MatrixOptions;
