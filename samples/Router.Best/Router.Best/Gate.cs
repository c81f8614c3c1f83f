using Spud;

namespace Router.Best;

/// <summary>A layer's router weights, expanded to f32 whatever the file holds.</summary>
/// <param name="Matrix">[E, C].</param>
/// <param name="Norm">[C].</param>
/// <param name="Bias">[E]; zeros where the model has none.</param>
internal sealed record Gate(TensorView Matrix, TensorView Norm, TensorView Bias)
{
    public static Gate Load(IBuildContext build, int layer)
    {
        (int experts, int width) = (build.Model.Layers[layer].Experts, build.Model.HiddenWidth);
        Gate gate = new(
            build.Allocate(build.Host, ElementType.F32, experts, width),
            build.Allocate(build.Host, ElementType.F32, width),
            build.Allocate(build.Host, ElementType.F32, experts));
        build.Host.Copy(build.Weights.Take($"blk.{layer}.ffn_gate_inp.weight", experts, width), gate.Matrix);
        build.Host.Copy(build.Weights.Take($"blk.{layer}.ffn_norm.weight", width), gate.Norm);
        if (build.Model.Layers[layer].Has(Trait.GateBias))
            build.Host.Copy(build.Weights.Take($"blk.{layer}.ffn_gate_inp.bias", experts), gate.Bias);

        return gate;
    }
}
