using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What a fold gets at build. <see cref="IBuildContext.Pool"/> is its rank's; what it reserves adds to the attention's workspace.</summary>
[Experimental(Experiments.Id)]
public interface IFoldBuildContext : IBuildContext
{
    /// <summary>Where the query, pages and state of this fold lie.</summary>
    IMemoryDomain Domain { get; }

    /// <summary>How the cache stores a layer.</summary>
    CacheLayout Layout(int layer);
}
