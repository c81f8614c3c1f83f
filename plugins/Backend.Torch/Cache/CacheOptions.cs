namespace Backend.Torch.Cache;

/// <summary>Options of cache "torch".</summary>
internal sealed class CacheOptions
{
    /// <summary>Format of keys and values.</summary>
    public PageFormat Format { get; set; } = PageFormat.F32;
}
