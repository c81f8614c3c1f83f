using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Spud.Metering;

/// <summary>A price list as written by its author.</summary>
internal sealed class PriceSettings
{
    // The ledger counts in 64 bits: with prices up to this, no sum exceeds the range of decimal.
    internal const double MaxPrice = 1e15;

    [Description("The list's name.")]
    [Required]
    [MinLength(1)]
    public string? Name { get; set; }

    [Description("Its version; a receipt names it.")]
    [Required]
    [MinLength(1)]
    public string? Version { get; set; }

    [Description("Three letters, such as EUR.")]
    [Required]
    [RegularExpression("[A-Z]{3}")]
    public string? Currency { get; set; }

    [Description("What work costs. The first rate that fits a phase and role counts; what none fits is free.")]
    [Required]
    [MinLength(1)]
    public List<RateSettings>? Rates { get; set; }

    [Description("For a gigabyte (10^9) of keys and values that is kept for a second.")]
    [Range(0, MaxPrice)]
    public decimal PerGigabyteSecondKept { get; set; }

    [Description("What every request may use before it costs anything.")]
    [Range(0, MaxPrice)]
    public decimal FreeAmount { get; set; }

    [Description("What a request costs at least, if it costs anything.")]
    [Range(0, MaxPrice)]
    public decimal MinimumCharge { get; set; }

    [Description("Decimals that a total is rounded to, half to even.")]
    [Range(0, 15)]
    public int Decimals { get; set; } = 9;
}

/// <summary>Prices of work in a phase and role.</summary>
internal sealed class RateSettings
{
    private const double MaxPrice = PriceSettings.MaxPrice;

    [Description("The phase; without it: both.")]
    public Phase? Phase { get; set; }

    [Description("The role; without it: all.")]
    [AllowedValues(null, "head", "attention", "cache", "router", "experts")]
    public string? Role { get; set; }

    [Description("For 10^9 FLOP.")]
    [Range(0, MaxPrice)]
    public decimal PerComputeUnit { get; set; }

    [Description("For a gigabyte (10^9) of weights, keys and values that is read.")]
    [Range(0, MaxPrice)]
    public decimal PerGigabyteRead { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PriceSettings))]
internal sealed partial class PriceJson : JsonSerializerContext;
