using Spud;

namespace TemplateSpace;

/// <summary>The plugin: one public class that registers what the manifest lists.</summary>
public sealed class PlainAttentionPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddAttention(
        "plain-attention",
        PlainAttentionJson.Default.PlainAttentionOptions,
        new Offer
        {
            Knows = [Trait.Window, Trait.ScoreScale, Trait.AttentionResidualScale],
            PageTypes = [ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.Q8_0, ElementType.Q4_0],
            DefaultCache = "plain", // the CPU backend's
            RowInvariant = true,
        },
        static (_, build) => new PlainAttention(build));
}
