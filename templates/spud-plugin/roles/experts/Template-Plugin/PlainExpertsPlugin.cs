using Spud;

namespace TemplateSpace;

/// <summary>The plugin: one public class that registers what the manifest lists.</summary>
public sealed class PlainExpertsPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddExperts(
        "plain-experts",
        PlainExpertsJson.Default.PlainExpertsOptions,
        new Offer { Knows = [Trait.Gelu, Trait.ExpertResidualScale], RowInvariant = true },
        static (_, build) => new PlainExperts(build));
}
