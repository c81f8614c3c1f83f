using Spud;

namespace Cache.Compressed;

/// <summary>A cache that keeps fewer and smaller keys: streaming heads, dropping of rarely attended keys, compact formats for older keys.</summary>
public sealed class CompressedCachePlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddCache(
        "compressed",
        CompressedJson.Default.CompressedCacheOptions,
        static (options, build) => options.KeepsAsWritten ? new Offer { RowInvariant = true } : new Offer(),
        Create);

    private static ICachePolicy Create(CompressedCacheOptions options, IBuildContext build)
    {
        LayerRules rules = LayerRules.Of(options, build);
        return options.HasBudget ? new ObservingCache(rules, options, build) : new CompressedCache(rules);
    }
}
