namespace Backend.Onnx.Attention;

/// <summary>F32 keys and values of a part of a sequence, in place; those of each KV head are contiguous.</summary>
internal readonly struct KeyBlock
{
    /// <summary>Address of the first head's keys [Count, D].</summary>
    public required nint Keys { get; init; }

    /// <summary>Address of the first head's values [Count, Dv].</summary>
    public required nint Values { get; init; }

    /// <summary>Stride in bytes between the keys of heads.</summary>
    public required nint KeyStride { get; init; }

    /// <summary>Stride in bytes between the values of heads.</summary>
    public required nint ValueStride { get; init; }

    /// <summary>Number of keys.</summary>
    public required int Count { get; init; }
}
