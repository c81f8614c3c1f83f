namespace Backend.Shared.Cache;

/// <summary>Options of a cache with one page per sequence.</summary>
internal sealed class CacheOptions
{
    /// <summary>Format of keys and values.</summary>
    public PageFormat Format { get; set; } = PageFormat.F32;
}
