namespace Backend.Onnx.Native;

/// <summary>ONNX Runtime refused a call.</summary>
/// <param name="reason">ONNX Runtime's message.</param>
internal sealed class OnnxException(string reason) : Exception("ONNX Runtime: " + reason);
