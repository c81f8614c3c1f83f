using System.ComponentModel.DataAnnotations;
using Cache.Shared;

namespace Backend.Cpu.Cache;

/// <summary>Options of cache "plain".</summary>
internal sealed class CacheOptions
{
    /// <summary>Format of keys and values.</summary>
    public PageFormat Format { get; set; } = PageFormat.F16;

    /// <summary>Keys per page.</summary>
    [Range(16, 1024)]
    public int PageTokens { get; set; } = 64;
}
