using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Spud;

namespace Failing;

/// <summary>Experts that fail in texts of some length, and a scheduler that fails when it sees a job of some urgency.</summary>
public sealed class FailingPlugin : ISpudPlugin
{
    public void Register(IPluginRegistry registry)
    {
        registry.AddScheduler("failing", FailingJson.Default.FailingSchedulerOptions, static options => new FailingScheduler(options));
        registry.AddExperts("failing", FailingJson.Default.FailingOptions, new Offer { RowInvariant = true }, static (options, build) => new FailingExperts(options, build));
    }
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

internal sealed class FailingSchedulerOptions
{
    /// <summary>Tier of a job at which it throws.</summary>
    [Range(0, 3)]
    public int? ThrowsAtTier { get; set; }

    /// <summary>Tier of a job at which it never returns.</summary>
    [Range(0, 3)]
    public int? HangsAtTier { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FailingOptions))]
[JsonSerializable(typeof(FailingSchedulerOptions))]
internal sealed partial class FailingJson : JsonSerializerContext;
