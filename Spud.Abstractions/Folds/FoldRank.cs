using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>One of several folds that a decorator is built on.</summary>
[Experimental(Experiments.Id)]
public sealed class FoldRank
{
    /// <summary>Where its query, pages and state lie.</summary>
    public required IMemoryDomain Domain { get; init; }

    /// <summary>
    /// Threads that it computes on: the pipeline's, or <see cref="WorkerPool.OfCaller"/> for a rank that runs as a part of the pipeline's
    /// pool, beside other ranks.
    /// </summary>
    public required WorkerPool Pool { get; init; }
}
