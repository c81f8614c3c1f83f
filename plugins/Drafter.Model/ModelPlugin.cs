using System.Text.Json.Serialization;
using Spud;

namespace Drafter.Model;

/// <summary>A drafter that asks a smaller model how a text goes on.</summary>
public sealed class ModelPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddDrafter("model", ModelJson.Default.ModelOptions, static (options, build) => new ModelDrafter(options, build));
}

/// <summary>JSON metadata for the options of this plugin.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ModelOptions))]
internal sealed partial class ModelJson : JsonSerializerContext;
