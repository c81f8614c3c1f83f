using System.Globalization;
using System.Text.Json;
using Spud.Metering;

namespace Spud.Accounts;

/// <summary>How a job ends. A job that computed anything has a receipt, however it ends.</summary>
public sealed record JobEnd
{
    private static readonly ReceiptJson s_compact = new(new JsonSerializerOptions(ReceiptJson.Default.Options) { WriteIndented = false });

    private JobEnd(JobStatus status) => Status = status;

    /// <summary>Status afterwards.</summary>
    public JobStatus Status { get; }

    /// <summary>What it used; null if it computed nothing.</summary>
    public Receipt? Receipt { get; private init; }

    /// <summary>What it costs: rounded to nine decimals, and never more than was reserved.</summary>
    public decimal Charge { get; private init; }

    /// <summary>Why it failed, was handed back, or was cancelled without its client asking for it.</summary>
    public string? Reason { get; private init; }

    /// <summary>Its result, if it is to be kept.</summary>
    public string? Answer { get; private init; }

    /// <summary>It ended normally.</summary>
    /// <param name="receipt">What it used.</param>
    /// <param name="charge">What it costs; null for what the receipt says: the price list's total and the scheduler's prices.</param>
    /// <param name="answer">Its result, if it is to be kept.</param>
    public static JobEnd Finished(Receipt receipt, decimal? charge = null, string? answer = null) => new(JobStatus.Finished) { Receipt = receipt, Charge = ChargeOf(receipt, charge), Answer = answer };

    /// <summary>It could not be completed; what it used until then is charged.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="receipt">What it used; null for nothing.</param>
    /// <param name="charge">What it costs; null for what the receipt says: the price list's total and the scheduler's prices.</param>
    public static JobEnd Failed(string reason, Receipt? receipt = null, decimal? charge = null) => new(JobStatus.Failed) { Reason = reason, Receipt = receipt, Charge = ChargeOf(receipt, charge) };

    /// <summary>Its client gave it up; what it used until then is charged.</summary>
    /// <param name="receipt">What it used; null for nothing.</param>
    /// <param name="charge">What it costs; null for what the receipt says: the price list's total and the scheduler's prices.</param>
    public static JobEnd Cancelled(Receipt? receipt = null, decimal? charge = null) => new(JobStatus.Cancelled) { Receipt = receipt, Charge = ChargeOf(receipt, charge) };

    /// <summary>Its deadline passed before it was complete; what it used until then is charged.</summary>
    /// <param name="receipt">What it used; null for nothing.</param>
    public static JobEnd Expired(Receipt? receipt = null) => Cancelled(receipt) with { Reason = "Its deadline passed before it was complete." };

    /// <summary>The server gives it up; nothing is charged.</summary>
    /// <param name="reason">Why.</param>
    public static JobEnd HandedBack(string reason) => new(JobStatus.HandedBack) { Reason = reason };

    /// <summary>The receipt as it is stored.</summary>
    internal string? Json => Receipt is null ? null : JsonSerializer.Serialize(Receipt, s_compact.Receipt);

    /// <summary>Identifies the content.</summary>
    internal string DigestOf(string? json) => Digest.Of($"{Status}", json, Units.Charge(Charge).ToString(CultureInfo.InvariantCulture), Reason, Answer);

    private static decimal ChargeOf(Receipt? receipt, decimal? charge)
    {
        decimal known = charge ?? (receipt?.Charge?.Total ?? 0) + (receipt?.Market?.Amount ?? 0);
        ArgumentOutOfRangeException.ThrowIfNegative(known, nameof(charge));
        return receipt is not null || known == 0 ? known : throw new ArgumentException("A charge needs a receipt.", nameof(charge));
    }
}
