using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Spud;

namespace Reference;

/// <summary>Options of every component but the cache.</summary>
internal sealed class ReferenceOptions
{
    /// <summary>Where it computes.</summary>
    public Device Device { get; set; } = Device.Host;

    /// <summary>What it does wrong on purpose.</summary>
    public Fault Fault { get; set; } = Fault.None;
}

/// <summary>Options of the cache.</summary>
internal sealed class CacheOptions
{
    /// <summary>Format of keys, and of values that have none of their own: F32, F16, BF16, Q8_0 or Q4_0.</summary>
    public ElementType Format { get; set; } = ElementType.F32;

    /// <summary>Format of values.</summary>
    public ElementType? Values { get; set; }

    /// <summary>Only the latest so many tokens are kept; null: all that a row to come may see.</summary>
    [Range(1, int.MaxValue)]
    public int? Keep { get; set; }

    /// <summary>Keys of a page.</summary>
    [Range(1, int.MaxValue)]
    public int PageTokens { get; set; } = 32;

    /// <summary>Whether every KV head has pages of its own.</summary>
    public bool PerHead { get; set; }

    /// <summary>What it does wrong on purpose.</summary>
    public Fault Fault { get; set; } = Fault.None;
}

/// <summary>Options of the cache that forgets.</summary>
internal sealed class StreamingOptions
{
    /// <summary>Format of recent keys and values.</summary>
    public ElementType Format { get; set; } = ElementType.F32;

    /// <summary>Format of older ones.</summary>
    public ElementType Older { get; set; } = ElementType.F16;

    /// <summary>Keys of a page.</summary>
    [Range(1, int.MaxValue)]
    public int PageTokens { get; set; } = 8;

    /// <summary>The first so many KV heads of each layer forget what is neither a sink nor recent.</summary>
    [Range(0, int.MaxValue)]
    public int StreamingHeads { get; set; } = 1;

    /// <summary>Tokens at the start of a text that every head keeps.</summary>
    [Range(0, int.MaxValue)]
    public int Sinks { get; set; } = 4;

    /// <summary>Tokens at its end that every head keeps in the recent format.</summary>
    [Range(1, int.MaxValue)]
    public int Recent { get; set; } = 24;

    /// <summary>What it does wrong on purpose.</summary>
    public Fault Fault { get; set; } = Fault.None;
}

/// <summary>Options of the fold decorator.</summary>
internal sealed class SplitOptions
{
    /// <summary>Parts of the keys that are folded apart.</summary>
    [Range(1, 64)]
    public int Shards { get; set; } = 2;

    /// <summary>Positions that follow each other in a shard.</summary>
    [Range(1, int.MaxValue)]
    public int BlockTokens { get; set; } = 16;

    /// <summary>What it does wrong on purpose.</summary>
    public Fault Fault { get; set; } = Fault.None;
}

/// <summary>Options of the scheduler.</summary>
internal sealed class SchedulerOptions
{
    /// <summary>What it does wrong on purpose.</summary>
    public Fault Fault { get; set; } = Fault.None;
}

/// <summary>Options of the router that depends on the text.</summary>
internal sealed class PromptRouterOptions
{
    /// <summary>Tokens after which the pool of experts is chosen again.</summary>
    [Range(1, int.MaxValue)]
    public int BorderTokens { get; set; } = 16;

    /// <summary>What a sum is multiplied with at every border.</summary>
    [Range(0.0, 1.0)]
    public double Decay { get; set; } = 0.75;

    /// <summary>What it does wrong on purpose.</summary>
    public Fault Fault { get; set; } = Fault.None;
}

/// <summary>Options of the cache that forgets.</summary>
internal sealed class RecentOptions
{
    /// <summary>Tokens that are kept at a review.</summary>
    [Range(1, int.MaxValue)]
    public int Keep { get; set; } = 24;

    /// <summary>Format of keys and values: F32, F16, BF16, Q8_0 or Q4_0.</summary>
    public ElementType Format { get; set; } = ElementType.F32;

    /// <summary>Keys of a page.</summary>
    [Range(1, int.MaxValue)]
    public int PageTokens { get; set; } = 16;

    /// <summary>Tokens from one review to the next; null: not said, as by a policy that was built against contract 1.0.</summary>
    [Range(1, int.MaxValue)]
    public int? ReviewTokens { get; set; }
}

/// <summary>Options of the cache that keeps what was looked at.</summary>
internal sealed class ObservedOptions
{
    /// <summary>Format of keys and values: F32, F16, BF16, Q8_0 or Q4_0.</summary>
    public ElementType Format { get; set; } = ElementType.F32;

    /// <summary>Keys of a page.</summary>
    [Range(1, int.MaxValue)]
    public int PageTokens { get; set; } = 8;

    /// <summary>Tokens from one review to the next.</summary>
    [Range(1, int.MaxValue)]
    public int ReviewTokens { get; set; } = 16;

    /// <summary>The last rows, whose queries are asked and whose keys are kept.</summary>
    [Range(1, int.MaxValue)]
    public int Window { get; set; } = 6;

    /// <summary>Tokens at the start of a text that every head keeps.</summary>
    [Range(0, int.MaxValue)]
    public int Sinks { get; set; } = 2;

    /// <summary>Keys in between that each head keeps.</summary>
    [Range(0, int.MaxValue)]
    public int Chosen { get; set; } = 12;

    /// <summary>Neighbours on either side that share a key's mass.</summary>
    [Range(0, int.MaxValue)]
    public int Reach { get; set; } = 1;

    /// <summary>What it does wrong on purpose.</summary>
    public Fault Fault { get; set; } = Fault.None;
}

/// <summary>Options of the drafter.</summary>
internal sealed class DrafterOptions
{
    /// <summary>Maximum number of tokens of a draft.</summary>
    [Range(1, 1000)]
    public int Length { get; set; } = 5;

    /// <summary>What it does wrong on purpose.</summary>
    public Fault Fault { get; set; } = Fault.None;
}

/// <summary>Options of the depth policy.</summary>
internal sealed class DepthOptions
{
    /// <summary>What it does wrong on purpose.</summary>
    public Fault Fault { get; set; } = Fault.None;
}

/// <summary>Where a component computes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Device>))]
internal enum Device
{
    /// <summary>In the host's memory.</summary>
    [JsonStringEnumMemberName("host")]
    Host,

    /// <summary>On a device that is none: see <see cref="PretendDomain"/>.</summary>
    [JsonStringEnumMemberName("pretend")]
    Pretend,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReferenceOptions))]
[JsonSerializable(typeof(CacheOptions))]
[JsonSerializable(typeof(RecentOptions))]
[JsonSerializable(typeof(StreamingOptions))]
[JsonSerializable(typeof(ObservedOptions))]
[JsonSerializable(typeof(SplitOptions))]
[JsonSerializable(typeof(PromptRouterOptions))]
[JsonSerializable(typeof(SchedulerOptions))]
[JsonSerializable(typeof(DrafterOptions))]
[JsonSerializable(typeof(DepthOptions))]
internal sealed partial class ReferenceJson : JsonSerializerContext;
