using Backend.Onnx.Shared;

namespace Backend.Onnx.Attention;

/// <summary>Options of attention "onnx".</summary>
internal sealed class AttentionOptions : MatrixOptions;
