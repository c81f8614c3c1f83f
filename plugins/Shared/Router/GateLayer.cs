using Spud;

namespace Router.Shared;

/// <summary>Weights of one layer's router, expanded to f32 in the component's own memory.</summary>
/// <param name="build">Provides the weights.</param>
/// <param name="layer">A mixture-of-experts layer.</param>
internal sealed class GateLayer(IBuildContext build, int layer)
{
    /// <summary>[C].</summary>
    public TensorView Norm { get; } = Take(build, $"blk.{layer}.ffn_norm.weight", build.Model.HiddenWidth);

    /// <summary>[E, C].</summary>
    public TensorView Matrix { get; } = Take(build, $"blk.{layer}.ffn_gate_inp.weight", build.Model.Layers[layer].Experts, build.Model.HiddenWidth);

    /// <summary>[E], or absent.</summary>
    public TensorView Bias { get; } = build.Model.Layers[layer].Has(Trait.GateBias)
        ? Take(build, $"blk.{layer}.ffn_gate_inp.bias", build.Model.Layers[layer].Experts)
        : default;

    /// <summary>Whether the weights of a row are normalised to sum to 1.</summary>
    public bool Renormalises { get; } = build.Model.Layers[layer].Has(Trait.Renormalise);

    private static TensorView Take(IBuildContext build, string name, params ReadOnlySpan<int> shape)
    {
        TensorView stored = build.Weights.Take(name, shape), floats = build.Allocate(build.Host, ElementType.F32, shape);
        build.Host.Copy(stored, floats);
        build.Weights.Release(stored);
        return floats;
    }
}
