using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// An attention, or a fold, that can compute how much attention rows pay to each key: for cache policies that keep the keys which matter
/// (<see cref="IHistory.AddKeyMass"/>).
/// </summary>
[Experimental(Experiments.Id)]
public interface IGivesKeyMass
{
    /// <summary>Whether it can; a decorator can if the folds that it is built on can. Read once, when the pipeline is built.</summary>
    bool TellsKeyMass => true;

    /// <summary>
    /// Adds to each key that rows may see its attention probabilities: exp(q . k - Max) / Sum, summed over the rows and over the query heads of the
    /// key's KV head. Only folded keys count, not sinks. Called between steps.
    /// </summary>
    /// <param name="layer">0 .. L - 1.</param>
    /// <param name="step">R rows of one sequence, at most <see cref="Limits.Rows"/>.</param>
    /// <param name="query">F32 [R, H, D].</param>
    /// <param name="shards">As in <see cref="IFold.Fold"/>; called once for each pool of a layer.</param>
    /// <param name="state">Max and Sum as the folds of all pools left them; Sum is 0 where a row saw no key. Accumulator is absent.</param>
    /// <param name="mass">F32 [G, ContextTokens], by position; added to.</param>
    void AddKeyMass(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state, in TensorView mass);
}
