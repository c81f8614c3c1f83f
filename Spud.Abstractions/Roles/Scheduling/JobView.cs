using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// A job as its scheduler sees it: one text that is being generated for an account. Compute is in FLOPs, 10^9 to the CU; money is in nano-units,
/// 10^9 to the unit of the price list; times are on the clock of <see cref="StepCapacity.Now"/>.
/// </summary>
[Experimental(Experiments.Id)]
public readonly struct JobView
{
    /// <summary>Unique in the life of the loop, ascending in order of arrival.</summary>
    public required long Id { get; init; }

    /// <summary>Index of the account that pays: 0 .. <see cref="StepCapacity.Accounts"/> - 1, the same in the life of the loop.</summary>
    public required int Account { get; init; }

    /// <summary>The account's share of compute in proportion to others; above 0, finite. Every job of an account has the same.</summary>
    public required double Weight { get; init; }

    /// <summary>Urgency, 0 (first) .. 3 (last).</summary>
    public required int Tier { get; init; }

    /// <summary>The part of the capacity that it asks for, chosen when it was submitted.</summary>
    public required JobLane Lane { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required JobState State { get; init; }

    /// <summary>Whether <see cref="PricePerCu"/> is a bid; otherwise it is the price that was quoted when the job was submitted.</summary>
    public required bool Bids { get; init; }

    /// <summary>Maximum price per CU in nano-units, at least 0: no decision may charge more. A bid may rise while the job is open; it never falls.</summary>
    public required long PricePerCu { get; init; }

    /// <summary>Maximum cost of the job in FLOPs; above 0.</summary>
    public required long CapFlops { get; init; }

    /// <summary>What was billed so far, in FLOPs. Work that was repeated after pages were given back is billed to nobody.</summary>
    public required long SpentFlops { get; init; }

    /// <summary>The part of <see cref="SpentFlops"/> that was billed since the last call.</summary>
    public required long StepFlops { get; init; }

    /// <summary>When it arrived.</summary>
    public required TimeSpan Arrival { get; init; }

    /// <summary>When its result loses its value; <see cref="TimeSpan.MaxValue"/> without a deadline.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>Tokens to be read before the next one is produced: of the prompt, or of everything after pages were given back. 0 while it decodes.</summary>
    public required int TokensToRead { get; init; }

    /// <summary>Maximum number of tokens that it will still produce; at least 1 before it ends.</summary>
    public required int TokensToProduce { get; init; }

    /// <summary>Pages that it holds, in the pool that has the least room.</summary>
    public required int Pages { get; init; }

    /// <summary>Maximum number of pages that it will hold, including <see cref="Pages"/>: at least 1.</summary>
    public required int PagesToEnd { get; init; }

    /// <summary>Maximum number of rows that it can use in a step: the tokens to be read, or one.</summary>
    public int RowsWanted => Math.Max(1, TokensToRead);
}
