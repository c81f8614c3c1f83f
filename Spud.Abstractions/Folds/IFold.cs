using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// Folds the keys that rows may see into their attention states: an attention's own fold, or a decorator around one. The host disposes all
/// folds, decorators before the folds that they are built on.
/// </summary>
[Experimental(Experiments.Id)]
public interface IFold : IDisposable
{
    /// <summary>How the host distributes the keys; null: one shard, in the domain of the attention. Read once, when the pipeline is built.</summary>
    FoldShards? Shards => null;

    /// <summary>
    /// Merges the keys that each row may see into the state, as <see cref="IAttention.Fold"/> does. Called once per step for each pool of a
    /// layer, with all shards of the pool.
    /// </summary>
    /// <param name="layer">0 .. L - 1.</param>
    /// <param name="step">T rows.</param>
    /// <param name="query">F32 [T, H, D], in the domain of the attention.</param>
    /// <param name="shards">The pages of each shard, in the order of <see cref="FoldShards.Domains"/>; one where keys are not sharded. A shard may hold no keys.</param>
    /// <param name="state">Merged into, in the domain of the attention.</param>
    void Fold(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state);
}
