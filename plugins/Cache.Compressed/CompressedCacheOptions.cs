using System.ComponentModel.DataAnnotations;
using Cache.Shared;

namespace Cache.Compressed;

/// <summary>Options of cache "compressed". Without options and pack it keeps everything as written.</summary>
internal sealed class CompressedCacheOptions
{
    /// <summary>Format in which keys and values are written.</summary>
    public PageFormat Format { get; set; } = PageFormat.F16;

    /// <summary>Format of older keys; absent: they stay as written.</summary>
    public PageFormat? Keys { get; set; }

    /// <summary>Format of older values; absent: they stay as written.</summary>
    public PageFormat? Values { get; set; }

    /// <summary>Number of recent tokens that stay as written; 0: all tokens are written in the formats of older ones at once.</summary>
    [Range(0, 1 << 20)]
    public int EncodeAfter { get; set; } = 64;

    /// <summary>
    /// Share of the keys of a text as long as the context that heads keep: heads stream in the pack's order; 0: all heads stream, with or without
    /// a pack; absent: the pack's share, or 1 without a pack.
    /// </summary>
    [Range(0.0, 1.0)]
    public double? Keep { get; set; }

    /// <summary>Tokens at the start of a text that every head keeps.</summary>
    [Range(0, 1 << 20)]
    public int Sinks { get; set; } = 64;

    /// <summary>Tokens at the end of a text that a streaming head keeps; absent: what the pack says of the head, or 256 without a pack.</summary>
    [Range(1, 1 << 20)]
    public int? Recent { get; set; }

    /// <summary>Keys that the other heads of a layer keep on average, sinks and protected tokens included; absent: all, or as given by ratio.</summary>
    [Range(1, 1 << 24)]
    public int? BudgetTokens { get; set; }

    /// <summary>Likewise as a share of the text.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double? Ratio { get; set; }

    /// <summary>The last rows before a review, whose queries decide which keys stay.</summary>
    [Range(1, 1024)]
    public int Window { get; set; } = 32;

    /// <summary>Tokens at the end of a text whose keys stay whatever was attended to, at least the window.</summary>
    [Range(1, 1 << 20)]
    public int Protect { get; set; } = 128;

    /// <summary>Neighbours on either side whose mass a key takes on.</summary>
    [Range(0, 64)]
    public int Reach { get; set; } = 3;

    /// <summary>Fraction of an equal share of the layer's budget that every head is guaranteed.</summary>
    [Range(0.0, 1.0)]
    public double Floor { get; set; } = 0.2;

    /// <summary>Tokens from one review to the next.</summary>
    [Range(16, 1 << 20)]
    public int ReviewTokens { get; set; } = 64;

    /// <summary>Keys of a page.</summary>
    [Range(16, 1024)]
    public int PageTokens { get; set; } = 64;

    /// <summary>Tokens at the end of a text whose keys a review never drops.</summary>
    internal int Protected => Math.Max(Window, Protect);

    /// <summary>Whether heads keep the keys that were attended to.</summary>
    internal bool HasBudget => BudgetTokens is not null || Ratio is not null;

    /// <summary>Whether older keys and values have a different format.</summary>
    internal bool Encodes => EncodeAfter > 0 && ((Keys ?? Format) != Format || (Values ?? Format) != Format);

    /// <summary>Whether nothing that a row would see is dropped or changed, whatever the pack says.</summary>
    internal bool KeepsAsWritten => Keep == 1 && !HasBudget && !Encodes;
}
