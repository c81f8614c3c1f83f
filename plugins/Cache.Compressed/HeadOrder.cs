using System.Globalization;
using Spud;

namespace Cache.Compressed;

/// <summary>The order in which KV heads start to stream and with which windows, from a pack written by <c>spud calibrate heads</c>.</summary>
internal sealed class HeadOrder
{
    /// <summary>The only pack format.</summary>
    public const int KnownFormat = 2;

    private readonly List<Step> _steps = [];

    private readonly record struct Step(float Order, int Layer, int Head, int Recent);

    private HeadOrder(double? keep, double? tokens) => (Keep, Tokens) = (keep, tokens);

    /// <summary>Share of the keys that the calibration recommends to keep; null if it recommends none.</summary>
    public double? Keep { get; }

    /// <summary>Length of text for which the windows are: for another context they are longer or shorter in proportion; null: they are as they are.</summary>
    private double? Tokens { get; }

    /// <summary>Reads the pack; null if the pipeline names none.</summary>
    /// <exception cref="RefusedException">The pack is not for this plugin or lacks a layer.</exception>
    public static HeadOrder? Of(IBuildContext build)
    {
        if (build.Pack is not { } pack)
            return null;
        if (pack.Number("spud.heads.format") is not { } format)
            throw new RefusedException("cache compressed: the pack has no key 'spud.heads.format'. Name a pack that 'spud calibrate heads' wrote.");
        if (format != KnownFormat)
            throw new RefusedException($"cache compressed: the pack has format {format}, expected {KnownFormat}. Write it anew with 'spud calibrate heads'.");
        if (pack.Number("spud.heads.windows") is not (>= 1 and <= 64) and var windows)
            throw new RefusedException($"cache compressed: the pack's key 'spud.heads.windows' is {windows?.ToString(CultureInfo.InvariantCulture) ?? "missing"}, expected 1 to 64. Write the pack anew with 'spud calibrate heads'.");

        if (pack.Number("spud.heads.tokens") is < 1 and var tokens)
            throw new RefusedException($"cache compressed: the pack's key 'spud.heads.tokens' is {tokens}, expected at least 1. Write the pack anew with 'spud calibrate heads'.");

        HeadOrder order = new(pack.Number("spud.heads.keep"), pack.Number("spud.heads.tokens"));
        order.Read(pack, (int)pack.Number("spud.heads.windows")!, build.Model);
        return order;
    }

    /// <summary>[L][G]: recent tokens that a head keeps besides the sinks; null: the head keeps everything.</summary>
    /// <param name="model">The model.</param>
    /// <param name="keep">Share of the keys that the heads of these layers keep of a text as long as the context; if even all steps keep more, all are taken.</param>
    /// <param name="options">Sinks; recent tokens, where they are given.</param>
    /// <param name="context">Maximum length of a text, in tokens.</param>
    /// <param name="layers">Layers whose heads may stream.</param>
    public int?[][] Recent(ModelDescription model, double keep, CompressedCacheOptions options, int context, int[] layers)
    {
        int?[][] recent = [.. model.Layers.Select(static layer => new int?[layer.Kv.Heads])];
        double all = layers.Sum(layer => (double)model.Layers[layer].Kv.Heads * context), kept = all;
        foreach (Step step in _steps.Where(step => layers.Contains(step.Layer)))
        {
            if (kept <= keep * all)
                break;

            ref int? ofHead = ref recent[step.Layer][step.Head];
            kept -= KeptWith(ofHead);
            ofHead = options.Recent ?? Scaled(step.Recent);
            kept += KeptWith(ofHead);
        }

        return recent;

        int Scaled(int window) => Tokens is { } tokens ? (int)Math.Clamp(Math.Round(window * context / tokens), 1, context) : window;

        double KeptWith(int? window) => window is { } tokens ? Math.Min(context, options.Sinks + (double)tokens) : context;
    }

    private void Read(IPack pack, int windows, ModelDescription model)
    {
        float[] recent = pack.Take("heads.recent", windows).AsSpan<float>().ToArray();
        for (int layer = 0; layer < model.Layers.Length; layer++)
        {
            int heads = model.Layers[layer].Kv.Heads;
            ReadOnlySpan<float> order = pack.Take($"blk.{layer}.head_order", windows, heads).AsSpan<float>();
            for (int i = 0; i < order.Length; i++)
            {
                if (!(order[i] < float.MaxValue))
                    continue;
                if (!(recent[i / heads] is >= 1 and <= 1 << 20))
                    throw new RefusedException($"cache compressed: the pack has a window of {recent[i / heads]} tokens, expected 1 to {1 << 20}. Write it anew with 'spud calibrate heads'.");
                _steps.Add(new(order[i], layer, i % heads, (int)recent[i / heads]));
            }
        }

        _steps.Sort(static (one, other) => one.Order.CompareTo(other.Order));
    }
}
