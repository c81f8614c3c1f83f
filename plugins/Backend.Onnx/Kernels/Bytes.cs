using System.Runtime.InteropServices;

namespace Backend.Onnx.Kernels;

/// <summary>Numbers viewed as raw bytes.</summary>
internal static class Bytes
{
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<float> values) => MemoryMarshal.AsBytes(values);
}
