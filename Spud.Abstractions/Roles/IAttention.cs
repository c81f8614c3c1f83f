namespace Spud;

/// <summary>Attention of the layers that it was built for, in three calls: project, fold, finish.</summary>
public interface IAttention : IComponent
{
    /// <summary>Norms the input, and computes q, k and v with biases, QK-norm, RoPE and the score scale (in q).</summary>
    /// <param name="layer">0 .. L - 1.</param>
    /// <param name="step">T rows.</param>
    /// <param name="input">F32 [T, C], not changed.</param>
    /// <param name="heads">Written.</param>
    void Project(int layer, in Step step, in TensorView input, in Heads heads);

    /// <summary>
    /// Merges the keys that each row may see (those of its sequence, at positions up to its own, inside the window) into the state. May be called
    /// several times per layer, with disjoint pages. The keys of this step are already in the pages.
    /// </summary>
    /// <param name="layer">0 .. L - 1.</param>
    /// <param name="step">T rows.</param>
    /// <param name="query">F32 [T, H, D].</param>
    /// <param name="pages">What to read.</param>
    /// <param name="state">Merged into.</param>
    void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state);

    /// <summary>Computes sinks, division by Sum, output projection, bias, post-norm and scale, and adds the result to <paramref name="output"/>.</summary>
    /// <param name="layer">0 .. L - 1.</param>
    /// <param name="step">T rows.</param>
    /// <param name="state">Complete; may be changed.</param>
    /// <param name="output">F32 [T, C], added to.</param>
    void Finish(int layer, in Step step, in AttentionState state, in TensorView output);
}
