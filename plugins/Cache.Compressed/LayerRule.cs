using Cache.Shared;
using Spud;

namespace Cache.Compressed;

/// <summary>What is kept of one layer, and in which pools.</summary>
/// <param name="options">Checked.</param>
/// <param name="context">The longest text.</param>
/// <param name="streams">[G]: heads that keep sinks and recent tokens alone.</param>
/// <param name="window">Tokens that a row sees, its own included; null: all. Such a layer keeps what is in its window, as it was written.</param>
/// <param name="rowsAtMost">The largest step.</param>
internal sealed class LayerRule(CompressedCacheOptions options, int context, bool[] streams, int? window, int rowsAtMost)
{
    private readonly int _streaming = streams.Count(static one => one);

    /// <summary>Whether heads keep what was looked at.</summary>
    public bool HasBudget => options.HasBudget && window is null && _streaming < streams.Length;

    /// <summary>Whether older keys move into a second pool.</summary>
    public bool Encodes => options.Encodes && window is null;

    /// <summary>Whether every KV head has runs of its own: where heads keep different keys.</summary>
    public bool PerHead => HasBudget || (_streaming > 0 && _streaming < streams.Length);

    /// <summary>Tables of runs: one for each KV head, or one that they share.</summary>
    public int Tables => PerHead ? streams.Length : 1;

    /// <summary>Whether anything is ever dropped that a row would see, or changed.</summary>
    public bool IsLossy => HasBudget || Encodes || _streaming > 0;

    /// <summary>Heads that keep what was looked at.</summary>
    public int Choosing => streams.Length - _streaming;

    public bool Streams(int table) => streams[table];

    public int? Window => window;

    /// <summary>Tokens at the start of a text that every head keeps.</summary>
    public int Sinks => options.Sinks;

    /// <summary>Position of the first token that streaming heads keep as a recent one.</summary>
    public int FirstRecent(int tokens) => tokens - options.Recent;

    /// <summary>Keys from before this position move into the second pool.</summary>
    public int FirstAsWritten(int tokens) => tokens - options.EncodeAfter;

    /// <summary>Keys that all choosing heads of the layer keep of a text together.</summary>
    public int BudgetAt(int tokens) => Choosing * (int)Math.Min(context, options.BudgetTokens ?? Math.Max(LeastBudget(options), (long)Math.Ceiling(options.Ratio!.Value * tokens)));

    /// <summary>Keys that a head needs for its sinks, its window and a page of chosen ones.</summary>
    public static int LeastBudget(CompressedCacheOptions options) => options.Sinks + options.Window + options.PageTokens;

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
                // What other layers drop is not dropped here: one border, where the text cannot go on.
                ReviewTokens = window is not null || options.KeepsAsWritten ? null : context,
            };
        }

        int review = Math.Min(options.ReviewTokens, context);
        PoolLayout first = Encodes
            ? Pool(page, written, written, Sum(head => FreshAtMost(head, page, review)))
            : Pool(page, options.EncodeAfter == 0 ? keys : written, options.EncodeAfter == 0 ? values : written, Sum(head => KeptBy(head, options.Sinks + (long)options.Recent, review)) + Chosen());
        return Encodes
            ? Layout(review, first, Pool(page, keys, values, Sum(head => KeptBy(head, options.Sinks + Math.Max(0L, options.Recent - options.EncodeAfter), 0)) + Chosen()))
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

    /// <summary>Keys of a head in the pool that it ends in, those since the last review included; of one that chooses, what is not part of the budget.</summary>
    private long KeptBy(int head, long streaming, int review) =>
        Math.Min(context, review + (streams[head] ? streaming : HasBudget ? 0 : context));

    // Whole runs move, of a page at most.
    private long FreshAtMost(int head, int page, int review) =>
        Math.Min(context, Math.Min((long)options.EncodeAfter + page + review, streams[head] ? (long)options.Sinks + options.Recent + review : long.MaxValue));
}
