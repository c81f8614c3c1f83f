using Spud;

namespace TemplateSpace;

/// <summary>A layer's weights, expanded to f32 whatever the file holds.</summary>
internal sealed class ExpertWeights
{
    public ExpertWeights(IBuildContext build, int layer)
    {
        LayerDescription of = build.Model.Layers[layer];
        (int e, int f, int c) = (of.Experts, of.ExpertWidth, build.Model.HiddenWidth);
        Norm = Take(build, $"blk.{layer}.ffn_norm.weight", c);
        Gate = Take(build, $"blk.{layer}.ffn_gate_exps.weight", e, f, c);
        Up = Take(build, $"blk.{layer}.ffn_up_exps.weight", e, f, c);
        Down = Take(build, $"blk.{layer}.ffn_down_exps.weight", e, c, f);
    }

    /// <summary>[C].</summary>
    public TensorView Norm { get; }

    /// <summary>[E, F, C].</summary>
    public TensorView Gate { get; }

    /// <summary>[E, F, C].</summary>
    public TensorView Up { get; }

    /// <summary>[E, C, F].</summary>
    public TensorView Down { get; }

    private static TensorView Take(IBuildContext build, string name, params ReadOnlySpan<int> shape)
    {
        TensorView weight = build.Weights.Take(name, shape), floats = build.Allocate(build.Host, ElementType.F32, shape);
        build.Host.Copy(weight, floats);
        build.Weights.Release(weight); // the mapped pages may leave memory: there is a copy now
        return floats;
    }
}
