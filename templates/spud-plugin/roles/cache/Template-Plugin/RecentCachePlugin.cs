using Spud;

namespace TemplateSpace;

/// <summary>The plugin: one public class that registers what the manifest lists.</summary>
public sealed class RecentCachePlugin : ISpudPlugin
{
    // No RowInvariant: which keys a row sees depends on when the policy was last asked.
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddCache(
        "recent",
        RecentCacheJson.Default.RecentCacheOptions,
        new Offer(),
        static (options, build) => new RecentCache(options, build));
}
