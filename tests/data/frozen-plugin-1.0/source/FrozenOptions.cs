using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Spud;

namespace Frozen;

internal sealed class FrozenOptions
{
    /// <summary>Works on a device of the plugin's own.</summary>
    public bool Device { get; set; }

    /// <summary>The device is lost once the pipeline is built.</summary>
    public bool Lose { get; set; }
}

internal sealed class FrozenRouterOptions
{
    [Range(1, 64)]
    public int? Experts { get; set; }

    [FilePath]
    public string? Unused { get; set; }
}

internal sealed class FrozenCacheOptions
{
    public ElementType Format { get; set; } = ElementType.F32;

    /// <summary>Only the latest so many tokens are kept.</summary>
    [Range(1, int.MaxValue)]
    public int Keep { get; set; } = int.MaxValue;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FrozenOptions))]
[JsonSerializable(typeof(FrozenRouterOptions))]
[JsonSerializable(typeof(FrozenCacheOptions))]
internal sealed partial class FrozenJson : JsonSerializerContext;
