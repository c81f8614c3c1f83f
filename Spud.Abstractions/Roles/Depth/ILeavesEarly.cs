using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// Side interface of depth policies that decide row by row: a row that leaves after a layer passes through none of the later ones, and its logits are made of
/// what the policy makes of it (early exit; Schuster et al., arXiv:2207.07061). Only rows that are decoded leave; those of prompts pass through all layers.
/// </summary>
/// <remarks>
/// A row's decision depends on the row, its position and its sequence's effort alone, never on the other rows of the step. Called on the thread that runs steps, with rows in host memory; a step
/// allocates nothing.
/// </remarks>
[Experimental(Experiments.Id)]
public interface ILeavesEarly
{
    /// <summary>What becomes of the keys of rows that leave. Asked once, when the pipeline is built.</summary>
    MissingKeys Missing { get; }

    /// <summary>Cost of <see cref="Leave"/> for one row. Asked once.</summary>
    RowCost LeaveCost { get; }

    /// <summary>Cost of <see cref="Finish"/> for one row. Asked once.</summary>
    RowCost FinishCost { get; }

    /// <summary>Whether rows may leave after a layer. Asked once for each layer that is not left out, except the last.</summary>
    /// <param name="layer">0 .. L - 1.</param>
    bool MayLeaveAfter(int layer);

    /// <summary>Decides which rows leave after a layer.</summary>
    /// <param name="layer">One of those after which rows may leave.</param>
    /// <param name="step">The rows that have come this far. Rows of a sequence in phase <see cref="Phase.Prefill"/> stay, whatever is decided.</param>
    /// <param name="hidden">F32 [T, C]: the residual stream after the layer; not to be changed.</param>
    /// <param name="leaves">[T], written: whether the row leaves; false before the call.</param>
    void Leave(int layer, in Step step, in TensorView hidden, Span<bool> leaves);

    /// <summary>Replaces rows that left by what the model's head reads instead of the residual stream after the last layer.</summary>
    /// <param name="layer">The layer after which they left.</param>
    /// <param name="hidden">F32 [N, C], N at least 1: the rows as they left; overwritten.</param>
    void Finish(int layer, in TensorView hidden);
}
