using Spud;

namespace Cache.Compressed;

/// <summary>Resolves options and pack into a rule for each layer, and refuses invalid combinations.</summary>
/// <param name="layers">[L].</param>
internal sealed class LayerRules(LayerRule[] layers)
{
    private const int DefaultRecent = 256;

    public LayerRule this[int layer] => layers[layer];

    public int Count => layers.Length;

    /// <exception cref="RefusedException">The options contradict each other, or require a missing pack.</exception>
    public static LayerRules Of(CompressedCacheOptions options, IBuildContext build)
    {
        Require(options);
        HeadOrder? order = HeadOrder.Of(build);
        double keep = options.Keep ?? order?.Keep ?? 1;
        if (keep is > 0 and < 1 && order is null)
            throw new RefusedException($"cache compressed: keep is {keep}, but no pack says which heads need what lies far back. Write one with 'spud calibrate heads -f TEXT', and name it: \"pack\": \"FILE.gguf\".");

        (int context, int rows) = (build.Limits.ContextTokens, build.Limits.Rows);
        int[] whole = [.. Enumerable.Range(0, build.Model.Layers.Length).Where(layer => WindowOf(build, layer) is null)];
        int?[][] recent = order?.Recent(build.Model, keep, options, context, whole)
            ?? [.. build.Model.Layers.Select((layer, i) => Enumerable.Repeat(keep == 0 && whole.Contains(i) ? options.Recent ?? DefaultRecent : (int?)null, layer.Kv.Heads).ToArray())];
        return new([.. recent.Select((heads, layer) => new LayerRule(options, context, heads, WindowOf(build, layer), rows))]);
    }

    private static void Require(CompressedCacheOptions options)
    {
        if (options is { BudgetTokens: not null, Ratio: not null })
            throw new RefusedException("cache compressed: budgetTokens and ratio are both given. Remove one of them.");
        if (options.HasBudget && options.Window > options.ReviewTokens)
            throw new RefusedException($"cache compressed: window is {options.Window}, but there are {options.ReviewTokens} rows from one review to the next. Lower window, or raise reviewTokens.");
        if (options.BudgetTokens < LayerRule.LeastBudget(options))
        {
            throw new RefusedException(
                $"cache compressed: budgetTokens is {options.BudgetTokens}, expected at least {LayerRule.LeastBudget(options)}: {options.Sinks} sinks, {options.Protected} protected tokens and a page of {options.PageTokens}. "
                + "Raise budgetTokens, or lower sinks, protect or pageTokens.");
        }
    }

    private static int? WindowOf(IBuildContext build, int layer) =>
        build.Model.Layers[layer] is var of && of.Has(Trait.Window) ? (int)of.Number(Trait.Window, 0) : null;
}
