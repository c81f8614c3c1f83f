namespace Backend.Onnx.Attention;

/// <summary>F32 keys and values of a piece of a sequence, where they lie: those of a KV head together.</summary>
internal readonly struct KeyBlock
{
    /// <summary>Address of the first head's keys [Count, D].</summary>
    public required nint Keys { get; init; }

    /// <summary>Address of the first head's values [Count, Dv].</summary>
    public required nint Values { get; init; }

    /// <summary>Bytes from one head's keys to the next one's.</summary>
    public required nint KeyStride { get; init; }

    /// <summary>Likewise for values.</summary>
    public required nint ValueStride { get; init; }

    /// <summary>Keys.</summary>
    public required int Count { get; init; }
}
