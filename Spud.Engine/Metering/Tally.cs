using System.Diagnostics;

namespace Spud.Metering;

/// <summary>Counts that can be added: of a role in a layer, of a role, of a phase, or of a request.</summary>
public readonly record struct Tally
{
    /// <summary>FLOPs of one compute unit (CU).</summary>
    public const decimal FlopsPerUnit = 1_000_000_000m;

    internal const decimal BytesPerGigabyte = 1_000_000_000m;

    /// <summary>Floating-point operations; a multiply-add is two.</summary>
    public long Flops { get; internal init; }

    /// <summary>Bytes of weights in the model's format: weights are read once per step, and its sequences share the cost.</summary>
    public long WeightBytesRead { get; internal init; }

    /// <summary>Bytes of keys and values read by attention; those of a sequence once per step.</summary>
    public long KvBytesRead { get; internal init; }

    /// <summary>Bytes of keys and values added.</summary>
    public long KvBytesWritten { get; internal init; }

    /// <summary>Entries of routing plans; a dense layer has one per row.</summary>
    public long PlanEntries { get; internal init; }

    /// <summary>The request's share of the time spent, by rows.</summary>
    public TimeSpan Time => Stopwatch.GetElapsedTime(0, Ticks);

    /// <summary>The FLOPs in units of 10^9, exact.</summary>
    public decimal ComputeUnits => Flops / FlopsPerUnit;

    /// <summary>Weights, keys and values read, in 10^9 bytes, exact.</summary>
    public decimal GigabytesRead => (WeightBytesRead + KvBytesRead) / BytesPerGigabyte;

    /// <summary>Ticks of <see cref="Stopwatch"/>.</summary>
    internal long Ticks { get; init; }

    /// <summary>Adds two tallies.</summary>
    public static Tally operator +(in Tally a, in Tally b) => new()
    {
        Flops = a.Flops + b.Flops,
        WeightBytesRead = a.WeightBytesRead + b.WeightBytesRead,
        KvBytesRead = a.KvBytesRead + b.KvBytesRead,
        KvBytesWritten = a.KvBytesWritten + b.KvBytesWritten,
        PlanEntries = a.PlanEntries + b.PlanEntries,
        Ticks = a.Ticks + b.Ticks,
    };

    /// <inheritdoc cref="op_Addition"/>
    public static Tally Add(in Tally left, in Tally right) => left + right;
}
