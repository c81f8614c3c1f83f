using Spud.Metering;

namespace Spud.Accounts.Crashes;

/// <summary>Receipts of requests that never ran.</summary>
public static class TestReceipt
{
    /// <summary>A receipt.</summary>
    /// <param name="computeUnits">What it used.</param>
    /// <param name="charge">What it costs; null for no charge on it.</param>
    public static Receipt Of(decimal computeUnits, decimal? charge = null) => new()
    {
        Model = "model.gguf",
        Outcome = RequestOutcome.Finished,
        Limit = null,
        ComputeUnits = computeUnits,
        GigabytesRead = 0.25m,
        KvGigabyteSeconds = 0,
        Phases = [],
        Lines = [],
        KeptTokens = [1, 2],
        Charge = charge is { } total ? new("example", "1", "EUR", total, 0, 0, 0, total) : null,
    };
}
