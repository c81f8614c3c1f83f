using System.Text.Json.Serialization;
using Spud;

namespace Depth.Exit;

/// <summary>A depth policy by which easy tokens leave early, through trained exits.</summary>
public sealed class ExitPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddDepth("exit", ExitJson.Default.ExitOptions, static (options, build) => new ExitDepth(options, build));
}

/// <summary>JSON metadata for the options of this plugin.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExitOptions))]
internal sealed partial class ExitJson : JsonSerializerContext;
