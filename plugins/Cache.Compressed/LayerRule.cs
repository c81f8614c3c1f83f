using Cache.Shared;
using Spud;

namespace Cache.Compressed;

/// <summary>Which keys of a layer are kept, and in which pools.</summary>
/// <param name="options">Checked.</param>
/// <param name="context">Maximum length of a text, in tokens.</param>
/// <param name="recent">[G]: recent tokens that a head keeps besides the sinks; null: it keeps everything.</param>
/// <param name="window">Tokens that a row sees, including its own; null for all. A layer with a window keeps the keys in the window, as written.</param>
/// <param name="rowsAtMost">The largest step.</param>
internal sealed class LayerRule(CompressedCacheOptions options, int context, int?[] recent, int? window, int rowsAtMost)
{
    private readonly int _streaming = recent.Count(static one => one is not null);
    private readonly bool _differ = recent.Distinct().Count() > 1;

    /// <summary>Whether heads keep the keys that were attended to.</summary>
    public bool HasBudget => options.HasBudget && window is null && _streaming < recent.Length;

    /// <summary>Whether older keys are moved to a second pool.</summary>
    public bool Encodes => options.Encodes && window is null;

    /// <summary>Whether every KV head has its own runs, because heads keep different keys.</summary>
    public bool PerHead => HasBudget || _differ;

    /// <summary>Tables of runs: one for each KV head, or one that they share.</summary>
    public int Tables => PerHead ? recent.Length : 1;

    /// <summary>Whether keys that a row would see are ever dropped or changed.</summary>
    public bool IsLossy => HasBudget || Encodes || _streaming > 0;

    /// <summary>Heads that keep the keys that were attended to.</summary>
    public int Choosing => recent.Length - _streaming;

    public bool Streams(int table) => recent[table] is not null;

    public int? Window => window;

    /// <summary>Tokens at the start of a text that every head keeps.</summary>
    public int Sinks => options.Sinks;

    /// <summary>Position of the first recent token that a streaming head keeps.</summary>
    public int FirstRecent(int table, int tokens) => tokens - recent[table]!.Value;

    /// <summary>Keys before this position are moved to the second pool.</summary>
    public int FirstAsWritten(int tokens) => tokens - options.EncodeAfter;

    /// <summary>Total number of keys of a text that the layer's choosing heads keep.</summary>
    public int BudgetAt(int tokens) => Choosing * (int)Math.Min(context, options.BudgetTokens ?? Math.Max(LeastBudget(options), (long)Math.Ceiling(options.Ratio!.Value * tokens)));

    /// <summary>Keys that a head needs for its sinks, its protected tokens and a page of chosen ones.</summary>
    public static int LeastBudget(CompressedCacheOptions options) => options.Sinks + options.Protected + options.PageTokens;

    /// <summary>How it is stored.</summary>
    public CacheLayout Layout()
    {
        ElementType written = options.Format.Type(), keys = (options.Keys ?? options.Format).Type(), values = (options.Values ?? options.Format).Type();
        int page = Math.Min(options.PageTokens, context);
        if (!IsLossy)
        {
            return new()
            {
                PageTokens = page,
                Keys = options.EncodeAfter == 0 ? keys : written,
                Values = options.EncodeAfter == 0 ? values : written,
                TokensAtMost = window is { } seen ? (int)Math.Min(context, (long)seen + rowsAtMost + 2 * page) : context,
                // Nothing is dropped here although other layers drop keys: the only review is at the end of the context.
                ReviewTokens = window is not null || options.KeepsAsWritten ? null : context,
            };
        }

        int review = Math.Min(options.ReviewTokens, context);
        PoolLayout first = Encodes
            ? Pool(page, written, written, Sum(head => FreshAtMost(head, page, review)))
            : Pool(page, options.EncodeAfter == 0 ? keys : written, options.EncodeAfter == 0 ? values : written, Sum(head => KeptBy(head, 0, review)) + Chosen());
        return Encodes
            ? Layout(review, first, Pool(page, keys, values, Sum(head => KeptBy(head, options.EncodeAfter, 0)) + Chosen()))
            : Layout(review, first);
    }

    private CacheLayout Layout(int review, params PoolLayout[] pools) => new([.. pools]) { ReviewTokens = review, ReadsKeyMass = HasBudget };

    private PoolLayout Pool(int page, ElementType keys, ElementType values, long most) => new()
    {
        PageTokens = page,
        Keys = keys,
        Values = values,
        PerHead = PerHead,
        KeysAtMost = (int)Math.Clamp(most, 1, (long)context * Tables),
    };

    private long Chosen() => HasBudget ? BudgetAt(context) : 0;

    private long Sum(Func<int, long> keysOf)
    {
        long keys = 0;
        for (int table = 0; table < Tables; table++)
            keys += keysOf(table);

        return keys;
    }

    /// <summary>Keys of a head in its last pool, including those since the last review; for a choosing head, those not part of the budget.</summary>
    private long KeptBy(int head, int inFirstPool, int review) =>
        Math.Min(context, review + (recent[head] is { } tokens ? options.Sinks + Math.Max(0L, tokens - inFirstPool) : HasBudget ? 0 : Math.Max(0, context - inFirstPool)));

    // Whole runs are moved, of at most one page.
    private long FreshAtMost(int head, int page, int review) =>
        Math.Min(context, Math.Min((long)options.EncodeAfter + page + review, recent[head] is { } tokens ? (long)options.Sinks + tokens + review : long.MaxValue));
}
