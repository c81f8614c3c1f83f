namespace Spud;

/// <summary>
/// The weights that a component may take. Names are canonical: those of a mixture in llama.cpp. Other names are mapped by the model's family
/// (gpt-oss's <c>post_attention_norm</c> is <c>ffn_norm</c>; a dense <c>ffn_gate</c> [F, C] is <c>ffn_gate_exps</c> [1, F, C]).
/// Shapes are [.., out, in].
/// </summary>
public interface IWeightSource
{
    /// <summary>Takes a tensor, which counts as the component's from now on. It is read-only, and valid as long as the pipeline.</summary>
    /// <param name="name">Canonical name: "blk.3.attn_q.weight".</param>
    /// <param name="shape">The shape that it must have.</param>
    /// <exception cref="RefusedException">The model has no such tensor, or it has another shape. The message names the tensor, the expected shape and the actual one.</exception>
    TensorView Take(string name, params ReadOnlySpan<int> shape);

    /// <summary>Tells the host that the component has its own copy, so that the mapped pages may leave memory.</summary>
    void Release(in TensorView weight);
}
