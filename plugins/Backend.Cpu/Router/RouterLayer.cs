using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Router;

/// <summary>Weights and parameters of one layer's router.</summary>
internal sealed class RouterLayer
{
    public RouterLayer(IBuildContext build, int layer, int used)
    {
        LayerDescription model = build.Model.Layers[layer];
        (int e, int c, string prefix) = (model.Experts, build.Model.HiddenWidth, $"blk.{layer}.");
        (Used, Renormalises) = (used, model.Has(Trait.Renormalise));
        Norm = build.TakeFloats(prefix + "ffn_norm.weight", c);
        Gate = new Linear(build.TakeFloats(prefix + "ffn_gate_inp.weight", e, c));
        Bias = build.TakeFloatsIf(model.Has(Trait.GateBias), prefix + "ffn_gate_inp.bias", e);
    }

    /// <summary>K.</summary>
    public int Used { get; }

    /// <summary>Whether the weights of a row are normalised to sum to 1.</summary>
    public bool Renormalises { get; }

    /// <summary>F32 [C].</summary>
    public TensorView Norm { get; }

    /// <summary>F32 [E, C].</summary>
    public Linear Gate { get; }

    /// <summary>F32 [E], or absent.</summary>
    public TensorView Bias { get; }
}
