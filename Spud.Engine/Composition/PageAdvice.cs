using System.Globalization;

namespace Spud.Composition;

/// <summary>What the keys and values of a whole context take in smaller settings, for messages about pages that do not fit.</summary>
internal static class PageAdvice
{
    private const double Keep = 0.25;

    /// <summary>Sentences that state which options save how much.</summary>
    public static string Of(ModelDescription model, int contextTokens)
    {
        double f16 = Bytes(model, contextTokens, ElementType.F16, ElementType.F16);
        if (model.Layers.Any(static layer => layer.Kv.KeyWidth % ElementType.Q8_0.BlockElements != 0 || layer.Kv.ValueWidth % ElementType.Q8_0.BlockElements != 0))
            return $"In f16 all keys and values take {Size(f16)}; with cache=compressed and cache.keep={Keep.ToString(CultureInfo.InvariantCulture)} about {Size(Keep * f16)} (docs/caches.md).";

        double q8 = Bytes(model, contextTokens, ElementType.Q8_0, ElementType.Q8_0), mixed = Bytes(model, contextTokens, ElementType.Q8_0, ElementType.Q4_0);
        return $"In f16 all keys and values take {Size(f16)}; with cache.format=q8_0 {Size(q8)}; with cache=compressed, cache.keys=q8_0, cache.values=q4_0 {Size(mixed)}; "
            + $"with cache.keep={Keep.ToString(CultureInfo.InvariantCulture)} in addition about {Size(Keep * mixed)} (docs/caches.md).";
    }

    private static double Bytes(ModelDescription model, int contextTokens, ElementType keys, ElementType values) => model.Layers.Sum(layer =>
        Math.Min(contextTokens, layer.Has(Trait.Window) ? layer.Number(Trait.Window, 0) : contextTokens) * layer.Kv.Heads
        * (layer.Kv.KeyWidth * (double)keys.BlockBytes / keys.BlockElements + layer.Kv.ValueWidth * (double)values.BlockBytes / values.BlockElements));

    private static string Size(double bytes) => bytes >= 1 << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 30):0.0} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Ceiling(bytes / (1 << 20)))} MiB");
}
