using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>A side interface of heads that give rows behind the final norm, without logits: embeddings of texts are made of them.</summary>
[Experimental(Experiments.Id)]
public interface IFinalNorm
{
    /// <summary>Final norm of some rows: what the output matrix reads.</summary>
    /// <param name="step">T rows.</param>
    /// <param name="hidden">F32 [T, C], not changed.</param>
    /// <param name="rows">R row numbers, ascending; at most T.</param>
    /// <param name="normed">F32 [R, C], written.</param>
    void Normalise(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView normed);
}
