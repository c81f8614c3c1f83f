using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// A cache policy that decides by attention probabilities. In a step the policy writes notes of the rows whose notes are kept; at a review
/// border it reads the notes (<see cref="IHistory.Notes"/>) and its state (<see cref="IHistory.State"/>). The borders of its state are those of
/// its reviews.
/// </summary>
[Experimental(Experiments.Id)]
public interface IObservesQueries : IKeepsSequenceState
{
    /// <summary>Called after the last fold of a layer, in each step with a row whose note is kept.</summary>
    /// <param name="layer">0 .. L - 1.</param>
    /// <param name="step">T rows, on the host, with the policy's states and notes.</param>
    /// <param name="query">F32 [T, H, D], on the host.</param>
    /// <param name="state">Max and Sum of the folded keys, without sinks, on the host; Accumulator is absent.</param>
    /// <param name="pages">The pages that were folded, in the attention's domain: a view for each pool of the layer; if keys are sharded, one for each shard of the
    /// first pool, then of the second, and so on.</param>
    void Observe(int layer, in Step step, in TensorView query, in AttentionState state, ReadOnlySpan<PageView> pages);
}
