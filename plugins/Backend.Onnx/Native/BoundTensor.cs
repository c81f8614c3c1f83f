namespace Backend.Onnx.Native;

/// <summary>A memory range as described to ONNX Runtime.</summary>
internal readonly struct BoundTensor
{
    /// <summary>OrtMemoryInfo of the memory.</summary>
    public required nint Memory { get; init; }

    /// <summary>Address of the first byte.</summary>
    public required nint Address { get; init; }

    /// <summary>Size in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>ONNXTensorElementDataType.</summary>
    public required int Type { get; init; }
}
