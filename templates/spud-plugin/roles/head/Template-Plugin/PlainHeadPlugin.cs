using Spud;

namespace TemplateSpace;

/// <summary>The plugin: one public class that registers what the manifest lists.</summary>
public sealed class PlainHeadPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddHead(
        "plain-head",
        PlainHeadJson.Default.PlainHeadOptions,
        new Offer { Knows = [Trait.TiedHead, Trait.EmbeddingScale, Trait.LogitScale], RowInvariant = true },
        static (_, build) => new PlainHead(build));
}
