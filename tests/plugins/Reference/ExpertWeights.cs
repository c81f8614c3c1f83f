using Spud;

namespace Reference;

/// <summary>Weights of one layer's experts.</summary>
internal sealed class ExpertWeights
{
    public ExpertWeights(IBuildContext build, IMemoryDomain domain, int layer)
    {
        LayerDescription of = build.Model.Layers[layer];
        (int e, int f, int c, string prefix) = (of.Experts, of.ExpertWidth, build.Model.HiddenWidth, $"blk.{layer}.");
        bool bias = of.Has(Trait.ExpertBias);
        Norm = build.Take(domain, prefix + "ffn_norm.weight", c);
        Routed = new(
            build.Take(domain, prefix + "ffn_gate_exps.weight", e, f, c),
            build.Take(domain, prefix + "ffn_up_exps.weight", e, f, c),
            build.Take(domain, prefix + "ffn_down_exps.weight", e, c, f),
            build.TakeIf(bias, domain, prefix + "ffn_gate_exps.bias", e, f),
            build.TakeIf(bias, domain, prefix + "ffn_up_exps.bias", e, f),
            build.TakeIf(bias, domain, prefix + "ffn_down_exps.bias", e, c));
        if (of.Has(Trait.SharedExpert))
        {
            int width = (int)of.Number(Trait.SharedExpert, 0);
            Shared = new(
                OfOne(build.Take(domain, prefix + "ffn_gate_shexp.weight", width, c)),
                OfOne(build.Take(domain, prefix + "ffn_up_shexp.weight", width, c)),
                OfOne(build.Take(domain, prefix + "ffn_down_shexp.weight", c, width)),
                default, default, default);
            SharedGate = build.TakeIf(of.Has(Trait.SharedGate), domain, prefix + "ffn_gate_inp_shexp.weight", c);
        }

        PostNorm = build.TakeIf(of.Has(Trait.ExpertPostNorm), domain, prefix + "post_ffw_norm.weight", c);
    }

    /// <summary>[C].</summary>
    public TensorView Norm { get; }

    /// <summary>Of all experts of the plan.</summary>
    public Matrices Routed { get; }

    /// <summary>Of the shared one; null: there is none.</summary>
    public Matrices? Shared { get; }

    /// <summary>[C], or absent.</summary>
    public TensorView SharedGate { get; }

    /// <summary>[C], or absent.</summary>
    public TensorView PostNorm { get; }

    /// <summary>One expert's; none where the layer has no biases.</summary>
    public static ReadOnlySpan<float> BiasOf(in TensorView biases, int expert) => biases.IsPresent ? biases.At(expert).Floats : default;

    private static TensorView OfOne(in TensorView matrix) => new(matrix.Domain, matrix.Address, matrix.Type, 1, matrix.Shape[0], matrix.Shape[1]);

    /// <summary>Gate and up [E, F, C], down [E, C, F], and biases [E, F], [E, F], [E, C] or absent.</summary>
    public sealed record Matrices(TensorView Gate, TensorView Up, TensorView Down, TensorView GateBias, TensorView UpBias, TensorView DownBias);
}
