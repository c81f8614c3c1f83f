using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Spud.Tests.Configuration;

internal enum CacheStyle
{
    [JsonStringEnumMemberName("keep-all")]
    KeepAll,

    [JsonStringEnumMemberName("drop-old")]
    DropOld,
}

/// <summary>Every kind of option at once.</summary>
internal sealed class CompressedOptions
{
    [Description("How keys are stored.")]
    public ElementType Keys { get; set; } = ElementType.Q8_0;

    public ElementType? Values { get; set; }

    [Range(64, 65536)]
    public int KeepRecent { get; set; } = 256;

    [Range(0.0, 1.0)]
    public float Mass { get; set; } = 0.9f;

    public bool Exact { get; set; }

    [RegularExpression("[a-z]+")]
    public string Label { get; set; } = "none";

    public string? Note { get; set; }

    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(1);

    public CacheStyle Style { get; set; }

    [MaxLength(3)]
    public int[] Pages { get; set; } = [];

    public List<Tier> Tiers { get; set; } = [];

    public Tier Last { get; set; } = new();

    public Dictionary<string, double> Weights { get; set; } = [];

    public byte Level { get; set; }

    public ulong Seed { get; set; }

    [AllowedValues("slow", "fast")]
    public string Pace { get; set; } = "fast";
}

internal sealed class Tier
{
    [Required]
    public string Name { get; set; } = "";

    [Range(1, int.MaxValue)]
    public int Tokens { get; set; } = 1;

    public Tier? Below { get; set; }
}

internal sealed class RouterOptions
{
    [Range(1, 256)]
    public int MinExperts { get; set; } = 1;

    [Range(1, 256)]
    public int MaxExperts { get; set; } = 8;
}

internal sealed class NeedyOptions
{
    [JsonRequired]
    public int Ranks { get; set; }

    [Required]
    public string Name { get; set; } = "";

    [Range(0, 10)]
    public long Far { get; set; }
}

internal sealed class PathOptions
{
    [FilePath]
    public string? Table { get; set; }

    public string? Word { get; set; }
}

internal sealed class NoOptions;

internal sealed class ReservedOptions
{
    public string Layers { get; set; } = "";
}

internal sealed class InitOptions
{
    public int Lost { get; init; } = 3;
}

internal sealed class RequiredOptions
{
    public required int Lost { get; set; }
}

internal sealed class CollectingOptions
{
    [JsonExtensionData]
    public Dictionary<string, object>? Rest { get; set; }
}

internal sealed class MarkedOptions
{
    [JsonPropertyName("$kind")]
    public int Kind { get; set; }
}

internal sealed class AnyJsonOptions
{
    public JsonElement? Extra { get; set; }
}

internal sealed class AnyJsonInsideOptions
{
    public Dictionary<string, JsonNode[]> Parts { get; set; } = [];
}

internal sealed class ConvertingOptions
{
    [JsonConverter(typeof(JsonStringEnumConverter<CacheStyle>))]
    public CacheStyle Style { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CompressedOptions))]
[JsonSerializable(typeof(RouterOptions))]
[JsonSerializable(typeof(NeedyOptions))]
[JsonSerializable(typeof(PathOptions))]
[JsonSerializable(typeof(NoOptions))]
[JsonSerializable(typeof(ReservedOptions))]
[JsonSerializable(typeof(InitOptions))]
[JsonSerializable(typeof(RequiredOptions))]
[JsonSerializable(typeof(CollectingOptions))]
[JsonSerializable(typeof(ConvertingOptions))]
[JsonSerializable(typeof(MarkedOptions))]
[JsonSerializable(typeof(AnyJsonOptions))]
[JsonSerializable(typeof(AnyJsonInsideOptions))]
internal sealed partial class SampleJson : JsonSerializerContext;
