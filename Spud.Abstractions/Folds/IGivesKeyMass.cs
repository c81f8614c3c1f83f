using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// An attention, or a fold, that can tell how much rows look at each key: for policies that keep what was looked at
/// (<see cref="IHistory.AddKeyMass"/>).
/// </summary>
[Experimental(Experiments.Id)]
public interface IGivesKeyMass
{
    /// <summary>Whether it can: a decorator, where the folds that it is built on can. Asked once, at build.</summary>
    bool TellsKeyMass => true;

    /// <summary>
    /// Adds to each key that rows may see the probabilities which they gave it: exp(q . k - Max) / Sum, summed over the rows and over the query
    /// heads of the key's KV head. Keys that were folded count, sinks do not. Called between steps.
    /// </summary>
    /// <param name="layer">Layer of the model.</param>
    /// <param name="step">R rows of one sequence, at most <see cref="Limits.Rows"/>.</param>
    /// <param name="query">F32 [R, H, D].</param>
    /// <param name="shards">As in <see cref="IFold.Fold"/>; called once for each pool of a layer.</param>
    /// <param name="state">Max and Sum as the folds of all pools left them; Sum may be 0 where nothing was seen. Accumulator is absent.</param>
    /// <param name="mass">F32 [G, ContextTokens], by position; added to.</param>
    void AddKeyMass(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state, in TensorView mass);
}
