using System.Text.Json.Serialization;
using Spud;

namespace Drafter.Lookup;

/// <summary>A drafter that looks up how the end of a text went on earlier in the same text.</summary>
public sealed class LookupPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) =>
        registry.AddDrafter("lookup", LookupJson.Default.LookupOptions, static (options, build) => new LookupDrafter(options, build.Limits.Sequences));
}

/// <summary>JSON metadata for the options of this plugin.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LookupOptions))]
internal sealed partial class LookupJson : JsonSerializerContext;
