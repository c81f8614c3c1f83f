namespace Spud;

/// <summary>
/// The weights that one component may take. Names are canonical: llama.cpp's of a mixture, with the family's data mapping odd ones
/// (gpt-oss's <c>post_attention_norm</c> is <c>ffn_norm</c>; a dense <c>ffn_gate</c> [F, C] is <c>ffn_gate_exps</c> [1, F, C]).
/// Shapes are [.., out, in].
/// </summary>
public interface IWeightSource
{
    /// <summary>Takes a tensor: read-only, valid while the pipeline lives, and on the component's bill from now on.</summary>
    /// <exception cref="RefusedException">There is none, or it has another shape; the message has full name, expected and got.</exception>
    TensorView Take(string name, params ReadOnlySpan<int> shape);

    /// <summary>The component has a copy of its own: the mapped pages may leave memory.</summary>
    void Release(in TensorView weight);
}
