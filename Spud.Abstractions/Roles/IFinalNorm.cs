using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>A head that can return rows after the final norm, without logits: text embeddings are made of them.</summary>
[Experimental(Experiments.Id)]
public interface IFinalNorm
{
    /// <summary>Computes the final norm of some rows: the input of the output matrix.</summary>
    /// <param name="step">T rows.</param>
    /// <param name="hidden">F32 [T, C], not changed.</param>
    /// <param name="rows">R row indices, ascending, at most T.</param>
    /// <param name="normed">F32 [R, C], written.</param>
    void Normalise(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView normed);
}
