using Spud.Metering;

namespace Spud.Accounts;

/// <summary>
/// Numbers in code and in the database: money in units of 10^-9, because price lists round to nine decimals by default, so that what a
/// receipt says is a whole number of them; compute in FLOPs; weights in millionths; times in microseconds.
/// </summary>
internal static class Units
{
    /// <summary>Maximum of a balance or of an amount.</summary>
    public const decimal MaxAmount = 1_000_000_000m;

    private const decimal MoneyScale = 1_000_000_000m, WeightScale = 1_000_000m;

    /// <summary>Whether an amount is a whole number of units, 0 or more, and not too large.</summary>
    public static bool IsExact(decimal amount) => amount is >= 0 and <= MaxAmount && decimal.Round(amount, 9) == amount;

    /// <summary>A charge: half to even.</summary>
    public static long Charge(decimal amount) => (long)decimal.Round(Math.Min(amount, MaxAmount) * MoneyScale, MidpointRounding.ToEven);

    /// <summary>A reservation: rounded up.</summary>
    public static long Reserve(decimal amount) => (long)decimal.Ceiling(Math.Min(amount, MaxAmount * 4) * MoneyScale);

    public static long Money(decimal amount) => (long)(amount * MoneyScale);

    public static decimal Money(long units) => units / MoneyScale;

    public static long Flops(decimal computeUnits) => (long)decimal.Floor(Math.Min(computeUnits, Budget.MaxComputeUnits) * Tally.FlopsPerUnit);

    public static decimal ComputeUnits(long flops) => flops / Tally.FlopsPerUnit;

    public static long Weight(decimal weight) => (long)decimal.Round(weight * WeightScale);

    public static decimal Weight(long millionths) => millionths / WeightScale;

    public static long Time(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
