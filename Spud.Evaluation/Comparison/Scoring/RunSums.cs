using Spud.Configuration;
using Spud.Metering;

namespace Spud.Evaluation.Comparison;

/// <summary>Cost of reading windows in one pipeline, from the ledgers of their sequences.</summary>
public sealed class RunSums
{
    /// <summary>Computed rows.</summary>
    public long Rows { get; set; }

    /// <summary>Rows whose logits were computed.</summary>
    public long LogitRows { get; set; }

    /// <summary>Bytes of keys and values that were kept at the end of each window.</summary>
    public long KeptBytes { get; set; }

    /// <summary>[role]: FLOPs, in the order of <see cref="Roles.All"/>.</summary>
    public required long[] Flops { get; init; }

    /// <summary>[role]: seconds.</summary>
    public required double[] Seconds { get; init; }

    /// <summary>[layer]: entries of routing plans.</summary>
    public required long[] PlanEntries { get; init; }

    internal static RunSums Of(int layers) => new() { Flops = new long[Roles.All.Length], Seconds = new double[Roles.All.Length], PlanEntries = new long[layers] };

    internal void Add(Ledger ledger)
    {
        KeptBytes += ledger.KeptBytes;
        foreach (Phase phase in Enum.GetValues<Phase>())
            Add(ledger[phase]);
    }

    private void Add(PhaseLedger phase)
    {
        Rows += phase.Tokens;
        LogitRows += phase.LogitRows;
        for (int role = 0; role < Flops.Length; role++)
        {
            Tally tally = phase.Of(Roles.All[role]);
            Flops[role] += tally.Flops;
            Seconds[role] += tally.Time.TotalSeconds;
        }

        for (int layer = 0; layer < PlanEntries.Length; layer++)
            PlanEntries[layer] += phase.Of(Roles.Experts, layer).PlanEntries;
    }

    internal void Add(RunSums other)
    {
        Rows += other.Rows;
        LogitRows += other.LogitRows;
        KeptBytes += other.KeptBytes;
        for (int role = 0; role < Flops.Length; role++)
        {
            Flops[role] += other.Flops[role];
            Seconds[role] += other.Seconds[role];
        }

        for (int layer = 0; layer < PlanEntries.Length; layer++)
            PlanEntries[layer] += other.PlanEntries[layer];
    }
}
