using System.Text.Json.Serialization;

namespace Odd;

internal sealed class OddOptions
{
    public int Oddness { get; set; } = 1;
}

/// <summary>"use" belongs to the pipeline.</summary>
internal sealed class ReservedOptions
{
    public string Use { get; set; } = "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OddOptions))]
[JsonSerializable(typeof(ReservedOptions))]
internal sealed partial class OddJson : JsonSerializerContext;
