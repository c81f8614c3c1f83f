using Spud;

namespace Scheduler.Market;

/// <summary>What is left of a step's capacity.</summary>
internal struct StepRoom
{
    /// <summary>The whole capacity. A job that runs needs a row, so that no more run than there are rows.</summary>
    public StepRoom(in StepCapacity capacity) => (Slots, Sequences, Pages) = (Math.Min(capacity.Rows, capacity.Sequences), capacity.Sequences, capacity.Pages);

    /// <summary>A share of the capacity, rounded up.</summary>
    public StepRoom(in StepCapacity capacity, double share)
        : this(capacity) => (Slots, Sequences, Pages) = (Part(Slots, share), Part(Sequences, share), Part(Pages, share));

    /// <summary>Jobs that can still run.</summary>
    public int Slots { get; private set; }

    /// <summary>Sequences that can still be held.</summary>
    public int Sequences { get; private set; }

    /// <summary>Pages that can still be held.</summary>
    public int Pages { get; private set; }

    public readonly bool Fits(in JobView job) => Slots > 0 && Sequences > 0 && job.PagesToEnd <= Pages;

    public readonly bool CanHold(in JobView job) => Sequences > 0 && job.PagesToEnd <= Pages;

    public void Run(in JobView job) => (Slots, Sequences, Pages) = (Slots - 1, Sequences - 1, Pages - job.PagesToEnd);

    private static int Part(int whole, double share) => (int)Math.Ceiling(whole * share);

    public void Hold(in JobView job) => (Sequences, Pages) = (Sequences - 1, Pages - job.PagesToEnd);
}
