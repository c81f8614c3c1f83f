using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>The part of the capacity that a job asks for. Schedulers without an auction treat both alike.</summary>
[Experimental(Experiments.Id)]
public enum JobLane : byte
{
    /// <summary>The share that is divided fairly between accounts.</summary>
    Floor,

    /// <summary>The share that is sold.</summary>
    Spot,
}
