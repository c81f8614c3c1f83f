using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Spud;

namespace Failing;

/// <summary>Experts that fail in texts of some length.</summary>
public sealed class FailingPlugin : ISpudPlugin
{
    public void Register(IPluginRegistry registry) =>
        registry.AddExperts("failing", FailingJson.Default.FailingOptions, new Offer { RowInvariant = true }, static (options, build) => new FailingExperts(options, build));
}

internal sealed class FailingOptions
{
    /// <summary>Position from which on a row throws.</summary>
    [Range(0, int.MaxValue)]
    public int? ThrowsFrom { get; set; }

    /// <summary>Position from which on a row never returns.</summary>
    [Range(0, int.MaxValue)]
    public int? HangsFrom { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FailingOptions))]
internal sealed partial class FailingJson : JsonSerializerContext;
