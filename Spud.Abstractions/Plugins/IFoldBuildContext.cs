using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What a fold's factory gets when a pipeline is built. <see cref="IBuildContext.Pool"/> is that of its rank; what it reserves adds to the
/// attention's workspace.</summary>
[Experimental(Experiments.Id)]
public interface IFoldBuildContext : IBuildContext
{
    /// <summary>Domain of the fold's query, pages and state.</summary>
    IMemoryDomain Domain { get; }

    /// <summary>How the cache stores a layer.</summary>
    /// <param name="layer">0 .. L - 1.</param>
    CacheLayout Layout(int layer);
}
