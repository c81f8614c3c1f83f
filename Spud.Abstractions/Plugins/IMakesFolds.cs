using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// An attention that makes further folds for ranks of a decorator: each with scratch of its own, so that several may run at the same time.
/// An attention without it has one fold, <see cref="IAttention.Fold"/>, for a decorator that needs one in the attention's domain, on all threads.
/// </summary>
[Experimental(Experiments.Id)]
public interface IMakesFolds
{
    /// <summary>Makes a fold over one shard, in the domain and on the pool of <paramref name="build"/>.</summary>
    /// <exception cref="RefusedException">The attention cannot fold there.</exception>
    IFold MakeFold(IFoldBuildContext build);
}
