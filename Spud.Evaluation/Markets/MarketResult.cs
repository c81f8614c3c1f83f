using System.Collections.Immutable;

namespace Spud.Evaluation.Markets;

/// <summary>What came out of a simulation. Money is in units of the price list.</summary>
public sealed record MarketResult
{
    /// <summary>Name of the scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>Name of the scheduler.</summary>
    public required string Scheduler { get; init; }

    /// <summary>Simulated time.</summary>
    public required double Seconds { get; init; }

    /// <summary>Seed.</summary>
    public required int Seed { get; init; }

    /// <summary>By account.</summary>
    public required ImmutableArray<AccountOutcome> Accounts { get; init; }

    /// <summary>Value of the jobs that ended in time.</summary>
    public required double ValueServed { get; init; }

    /// <summary>Value of all jobs that were submitted.</summary>
    public required double ValueOffered { get; init; }

    /// <summary>What was paid at the scheduler's prices.</summary>
    public required double Revenue { get; init; }

    /// <summary>Jobs that did not begin in time.</summary>
    public required int Starved { get; init; }

    /// <summary>
    /// Mean of Jain's index of compute by weight, over windows of 5 seconds and the accounts that had waiting jobs during all of a window; null if
    /// there never were two.
    /// </summary>
    public required double? JainMean { get; init; }

    /// <summary>The lowest of these.</summary>
    public required double? JainLeast { get; init; }

    /// <summary>Part of the time in which steps ran.</summary>
    public required double Busy { get; init; }

    /// <summary>While jobs waited, the part of the sequences that was in use; null if none ever waited.</summary>
    public required double? SlotsUsed { get; init; }

    /// <summary>The course of the simulation.</summary>
    public required ImmutableArray<MarketSample> Samples { get; init; }
}

/// <summary>A moment of a simulation.</summary>
public sealed record MarketSample
{
    /// <summary>The time.</summary>
    public required double Seconds { get; init; }

    /// <summary>Clearing price per CU of the last auction.</summary>
    public required double Clearing { get; init; }

    /// <summary>Posted price per CU.</summary>
    public required double Posted { get; init; }

    /// <summary>By account: CU so far.</summary>
    public required ImmutableArray<double> Served { get; init; }

    /// <summary>By account: jobs that wait.</summary>
    public required ImmutableArray<int> Waiting { get; init; }
}
