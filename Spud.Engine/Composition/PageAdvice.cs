using System.Globalization;

namespace Spud.Composition;

/// <summary>What the keys and values of a text take in smaller settings, for messages about pages that do not fit.</summary>
internal static class PageAdvice
{
    private const double Keep = 0.25;

    /// <summary>Sentences that state which options save how much.</summary>
    public static string Of(ModelDescription model, int contextTokens)
    {
        double f16 = Bytes(model, contextTokens, ElementType.F16, ElementType.F16);
        if (!HasBlocks(model))
            return $"In f16 all keys and values take {Size(f16)}; with cache=compressed and cache.keep={KeepText} about {Size(Keep * f16)} (docs/caches.md).";

        double q8 = Bytes(model, contextTokens, ElementType.Q8_0, ElementType.Q8_0), mixed = Bytes(model, contextTokens, ElementType.Q8_0, ElementType.Q4_0);
        return $"In f16 all keys and values take {Size(f16)}; with cache.format=q8_0 {Size(q8)}; with cache=compressed, cache.keys=q8_0, cache.values=q4_0 {Size(mixed)}; "
            + $"with cache.keep={KeepText} in addition about {Size(Keep * mixed)} (docs/caches.md).";
    }

    /// <summary>A sentence that names the mildest setting in which a text fits, or the length that does.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">Length of the text.</param>
    /// <param name="bytes">What it takes as it is.</param>
    /// <param name="roomBytes">What it may take.</param>
    public static string ToFit(ModelDescription model, int tokens, double bytes, long roomBytes)
    {
        (string Options, double Bytes)[] settings = [.. Settings(model, tokens).Where(setting => setting.Bytes <= roomBytes)];
        return settings is [var mildest, ..]
            ? $"With {mildest.Options} they take {Size(mildest.Bytes)} (docs/caches.md)."
            : string.Create(CultureInfo.InvariantCulture, $"No setting of the cache makes them fit; those of about {Math.Max(1, Math.Floor(tokens * (roomBytes / bytes))):N0} tokens do (--ctx).");
    }

    /// <summary>A size for people.</summary>
    public static string Size(double bytes) => bytes >= 1 << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 30):0.0} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Ceiling(bytes / (1 << 20)))} MiB");

    private static string KeepText => Keep.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<(string Options, double Bytes)> Settings(ModelDescription model, int tokens)
    {
        const string Compressed = "--set cache=compressed";
        string keep = $" --set cache.keep={KeepText}, for which 'spud calibrate heads' makes a pack,";
        double f16 = Bytes(model, tokens, ElementType.F16, ElementType.F16);
        yield return ("--set cache.format=f16", f16);
        if (!HasBlocks(model))
        {
            yield return (Compressed + keep, Keep * f16);
            yield break;
        }

        double mixed = Bytes(model, tokens, ElementType.Q8_0, ElementType.Q4_0);
        const string Formats = $"{Compressed} --set cache.keys=q8_0 --set cache.values=q4_0";
        yield return ("--set cache.format=q8_0", Bytes(model, tokens, ElementType.Q8_0, ElementType.Q8_0));
        yield return (Formats, mixed);
        yield return (Formats + keep, Keep * mixed);
    }

    private static bool HasBlocks(ModelDescription model) =>
        model.Layers.All(static layer => layer.Kv.KeyWidth % ElementType.Q8_0.BlockElements == 0 && layer.Kv.ValueWidth % ElementType.Q8_0.BlockElements == 0);

    private static double Bytes(ModelDescription model, int contextTokens, ElementType keys, ElementType values) => model.Layers.Sum(layer =>
        Math.Min(contextTokens, layer.Has(Trait.Window) ? layer.Number(Trait.Window, 0) : contextTokens) * layer.Kv.Heads
        * (layer.Kv.KeyWidth * (double)keys.BlockBytes / keys.BlockElements + layer.Kv.ValueWidth * (double)values.BlockBytes / values.BlockElements));
}
