namespace Spud;

/// <summary>Embedding and output matrix of the model.</summary>
public interface IHead : IComponent
{
    /// <summary>Writes (does not add) the embedding of each row's token.</summary>
    /// <param name="step">T rows; token ids are below V.</param>
    /// <param name="hidden">F32 [T, C], written.</param>
    void Embed(in Step step, in TensorView hidden);

    /// <summary>Computes the final norm and the logits of some rows.</summary>
    /// <param name="step">T rows.</param>
    /// <param name="hidden">F32 [T, C], not changed.</param>
    /// <param name="rows">R row indices, ascending.</param>
    /// <param name="logits">F32 [R, V], written.</param>
    void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits);
}
