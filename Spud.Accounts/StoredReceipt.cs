using System.Text.Json;
using Spud.Metering;

namespace Spud.Accounts;

/// <summary>The receipt of a job: there is at most one, and it never changes.</summary>
/// <param name="Job">The job.</param>
/// <param name="Account">The account that paid.</param>
/// <param name="Currency">Currency of the charge.</param>
/// <param name="Made">When the job ended.</param>
/// <param name="ComputeUnits">What it used, in CU.</param>
/// <param name="Charge">What was charged.</param>
/// <param name="Json">The receipt as JSON.</param>
public sealed record StoredReceipt(string Job, string Account, string Currency, DateTimeOffset Made, decimal ComputeUnits, decimal Charge, string Json)
{
    /// <summary>The receipt itself.</summary>
    public Receipt Receipt => JsonSerializer.Deserialize(Json, ReceiptJson.Default.Receipt)!;
}
