using System.ComponentModel.DataAnnotations;
using Cache.Shared;

namespace Cache.Compressed;

/// <summary>Options of cache "compressed". With none of them, and no pack, it keeps everything as it was written.</summary>
internal sealed class CompressedCacheOptions
{
    /// <summary>Format in which keys and values are written.</summary>
    public PageFormat Format { get; set; } = PageFormat.F16;

    /// <summary>Format of older keys; absent: they stay as they were written.</summary>
    public PageFormat? Keys { get; set; }

    /// <summary>Format of older values; absent: they stay as they were written.</summary>
    public PageFormat? Values { get; set; }

    /// <summary>Tokens that stay as they were written before they are older; 0: they are written in the formats of older ones.</summary>
    [Range(0, 1 << 20)]
    public int EncodeAfter { get; set; } = 64;

    /// <summary>Share of the KV heads that forget what is neither a sink nor recent: those with the smallest scores of the pack; absent: the pack's share, or 0 without a pack.</summary>
    [Range(0.0, 1.0)]
    public double? Streaming { get; set; }

    /// <summary>Tokens at the start of a text that every head keeps.</summary>
    [Range(0, 1 << 20)]
    public int Sinks { get; set; } = 64;

    /// <summary>Tokens at the end of a text that a streaming head keeps.</summary>
    [Range(1, 1 << 20)]
    public int Recent { get; set; } = 256;

    /// <summary>Keys that the other heads of a layer keep on average, sinks and window included; absent: all, or as ratio says.</summary>
    [Range(1, 1 << 24)]
    public int? BudgetTokens { get; set; }

    /// <summary>Likewise as a share of the text.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double? Ratio { get; set; }

    /// <summary>The last rows before a review, whose queries decide which keys stay, and whose keys stay.</summary>
    [Range(1, 1024)]
    public int Window { get; set; } = 32;

    /// <summary>Neighbours on either side that share a key's mass.</summary>
    [Range(0, 64)]
    public int Reach { get; set; } = 3;

    /// <summary>Share of its equal part of a layer's budget that every head gets, whatever it looks at.</summary>
    [Range(0.0, 1.0)]
    public double Floor { get; set; } = 0.2;

    /// <summary>Tokens from one review to the next.</summary>
    [Range(16, 1 << 20)]
    public int ReviewTokens { get; set; } = 64;

    /// <summary>Keys of a page.</summary>
    [Range(16, 1024)]
    public int PageTokens { get; set; } = 64;

    /// <summary>Whether each head keeps what was looked at.</summary>
    internal bool HasBudget => BudgetTokens is not null || Ratio is not null;

    /// <summary>Whether older keys and values have a format of their own.</summary>
    internal bool Encodes => EncodeAfter > 0 && ((Keys ?? Format) != Format || (Values ?? Format) != Format);

    /// <summary>Whether nothing that a row would see is dropped or changed, whatever the pack says.</summary>
    internal bool KeepsAsWritten => Streaming == 0 && !HasBudget && !Encodes;
}
