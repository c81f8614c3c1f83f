using System.Text.Json.Serialization;
using Spud;

namespace Depth.Skip;

/// <summary>A depth policy that leaves layers out.</summary>
public sealed class SkipPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddDepth("skip", SkipJson.Default.SkipOptions, static (_, build) => new SkipDepth(build));
}

/// <summary>JSON metadata for the options of this plugin.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SkipOptions))]
internal sealed partial class SkipJson : JsonSerializerContext;
