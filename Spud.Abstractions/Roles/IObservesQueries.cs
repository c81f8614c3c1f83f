using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// A side interface of cache policies that decide by what attention looked at. In a step the policy writes notes of the rows that it is
/// interested in; at a review border it reads them with the notes of the rows before (<see cref="IHistory.Notes"/>), beside its state
/// (<see cref="IHistory.State"/>). The borders of its state are those of its reviews.
/// </summary>
[Experimental(Experiments.Id)]
public interface IObservesQueries : IKeepsSequenceState
{
    /// <summary>Called after the last fold of a layer, in each step that has a row whose note is kept.</summary>
    /// <param name="layer">Layer of the model.</param>
    /// <param name="step">T rows, on the host; with the policy's own states and notes.</param>
    /// <param name="query">F32 [T, H, D], on the host.</param>
    /// <param name="state">Max and Sum of what was folded, on the host, before sinks; Accumulator is absent.</param>
    /// <param name="pages">What was folded, where it lies: a view for each pool of the layer; where keys are sharded, for each shard of the first pool, then of the second, and so on.</param>
    void Observe(int layer, in Step step, in TensorView query, in AttentionState state, ReadOnlySpan<PageView> pages);
}
