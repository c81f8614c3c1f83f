using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Experts;

/// <summary>
/// All experts of one layer, F32, or on a device or in 16 bits (then [E, F, C] and [E, C, F]): a graph gets those of one expert at a time.
/// </summary>
internal sealed class RoutedWeights
{
    public RoutedWeights(WeightReader weights, LayerDescription model, string prefix, int c)
    {
        (int e, int f, bool bias) = (model.Experts, model.ExpertWidth, model.Has(Trait.ExpertBias));
        Gate = weights.Experts(prefix + "ffn_gate_exps.weight", e, f, c);
        Up = weights.Experts(prefix + "ffn_up_exps.weight", e, f, c);
        Down = weights.Experts(prefix + "ffn_down_exps.weight", e, c, f);
        GateBias = weights.FloatsIf(bias, prefix + "ffn_gate_exps.bias", e, f);
        UpBias = weights.FloatsIf(bias, prefix + "ffn_up_exps.bias", e, f);
        DownBias = weights.FloatsIf(bias, prefix + "ffn_down_exps.bias", e, c);
    }

    /// <summary>[E, C, F].</summary>
    public TensorView Gate { get; }

    /// <summary>[E, C, F].</summary>
    public TensorView Up { get; }

    /// <summary>[E, F, C].</summary>
    public TensorView Down { get; }

    /// <summary>[E, F], or absent.</summary>
    public TensorView GateBias { get; }

    /// <summary>[E, F], or absent.</summary>
    public TensorView UpBias { get; }

    /// <summary>[E, C], or absent.</summary>
    public TensorView DownBias { get; }
}
