namespace Spud;

/// <summary>Both ends of the model: embedding and output matrix.</summary>
public interface IHead : IComponent
{
    /// <summary>Writes (does not add) the embedding of each row's token.</summary>
    /// <param name="step">T rows; token ids are below V.</param>
    /// <param name="hidden">F32 [T, C].</param>
    void Embed(in Step step, in TensorView hidden);

    /// <summary>Final norm and output matrix for some rows.</summary>
    /// <param name="step">T rows.</param>
    /// <param name="hidden">F32 [T, C], not changed.</param>
    /// <param name="rows">R row numbers, ascending.</param>
    /// <param name="logits">F32 [R, V], written.</param>
    void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits);
}
