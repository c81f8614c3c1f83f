using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// An attention that makes further folds for the ranks of a decorator, each with its own scratch memory, so that several can run at the same
/// time. Other attentions have one fold, <see cref="IAttention.Fold"/>, in the attention's domain, on all threads.
/// </summary>
[Experimental(Experiments.Id)]
public interface IMakesFolds
{
    /// <summary>Makes a fold over one shard, in the domain and on the pool of <paramref name="build"/>.</summary>
    /// <exception cref="RefusedException">The attention cannot fold there.</exception>
    IFold MakeFold(IFoldBuildContext build);
}
