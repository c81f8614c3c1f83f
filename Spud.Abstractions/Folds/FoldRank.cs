using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>Where one of the folds that a decorator is built on computes.</summary>
[Experimental(Experiments.Id)]
public sealed class FoldRank
{
    /// <summary>Domain of its query, pages and state.</summary>
    public required IMemoryDomain Domain { get; init; }

    /// <summary>
    /// Its threads: the pipeline's, or <see cref="WorkerPool.OfCaller"/> for a rank that runs as a part of a job of the pipeline's pool, in
    /// parallel with other ranks.
    /// </summary>
    public required WorkerPool Pool { get; init; }
}
