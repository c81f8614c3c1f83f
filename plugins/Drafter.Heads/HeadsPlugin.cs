using System.Text.Json.Serialization;
using Spud;

namespace Drafter.Heads;

/// <summary>A drafter of small trained blocks on the model's final hidden row.</summary>
public sealed class HeadsPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddDrafter("heads", HeadsJson.Default.HeadsOptions, static (options, build) => new HeadsDrafter(options, build));
}

/// <summary>JSON metadata for the options of this plugin.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HeadsOptions))]
internal sealed partial class HeadsJson : JsonSerializerContext;
