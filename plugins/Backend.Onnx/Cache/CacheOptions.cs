namespace Backend.Onnx.Cache;

/// <summary>Options of cache "contiguous".</summary>
internal sealed class CacheOptions
{
    /// <summary>Format of keys and values.</summary>
    public PageFormat Format { get; set; } = PageFormat.F32;
}
