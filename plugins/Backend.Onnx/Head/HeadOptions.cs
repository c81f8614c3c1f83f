using Backend.Onnx.Shared;

namespace Backend.Onnx.Head;

/// <summary>Options of head "onnx".</summary>
internal sealed class HeadOptions : MatrixOptions;
