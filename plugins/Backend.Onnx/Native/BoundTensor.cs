namespace Backend.Onnx.Native;

/// <summary>Memory as ONNX Runtime sees it.</summary>
internal readonly struct BoundTensor
{
    /// <summary>OrtMemoryInfo: where it lies.</summary>
    public required nint Memory { get; init; }

    /// <summary>First byte.</summary>
    public required nint Address { get; init; }

    /// <summary>Size.</summary>
    public required long Bytes { get; init; }

    /// <summary>ONNXTensorElementDataType.</summary>
    public required int Type { get; init; }
}
