using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Experts;

/// <summary>Weights and parameters of one layer's experts.</summary>
internal sealed class ExpertsLayer
{
    public ExpertsLayer(IBuildContext build, Packing packing, int layer)
    {
        LayerDescription model = build.Model.Layers[layer];
        (int c, string prefix) = (build.Model.HiddenWidth, $"blk.{layer}.");
        Activation = new Activation(model);
        ResidualScale = model.Number(Trait.ExpertResidualScale, 1);
        Norm = build.TakeFloats(prefix + "ffn_norm.weight", c);
        PostNorm = build.TakeFloatsIf(model.Has(Trait.ExpertPostNorm), prefix + "post_ffw_norm.weight", c);
        Routed = TakeRouted(build, packing, model, prefix);
        if (!model.Has(Trait.SharedExpert))
            return;

        Shared = TakeShared(build, packing, prefix, (int)model.Number(Trait.SharedExpert, 0));
        SharedGate = build.TakeFloatsIf(model.Has(Trait.SharedGate), prefix + "ffn_gate_inp_shexp.weight", c);
    }

    /// <summary>The activation of every expert.</summary>
    public Activation Activation { get; }

    /// <summary>Scale applied to the layer's output before it is added to the residual stream.</summary>
    public float ResidualScale { get; }

    /// <summary>F32 [C].</summary>
    public TensorView Norm { get; }

    /// <summary>F32 [C], or absent.</summary>
    public TensorView PostNorm { get; }

    /// <summary>[E].</summary>
    public Expert[] Routed { get; }

    /// <summary>The shared expert, used by every row, if any.</summary>
    public Expert? Shared { get; }

    /// <summary>F32 [C], or absent.</summary>
    public TensorView SharedGate { get; }

    /// <summary>F of the wider of routed and shared experts.</summary>
    public int MaxWidth => Math.Max(Routed[0].Width, Shared?.Width ?? 0);

    private static Expert[] TakeRouted(IBuildContext build, Packing packing, LayerDescription model, string prefix)
    {
        (int e, int f, int c) = (model.Experts, model.ExpertWidth, build.Model.HiddenWidth);
        Linear[] gate = Linear.Take(build, packing, prefix + "ffn_gate_exps.weight", e, f, c);
        Linear[] up = Linear.Take(build, packing, prefix + "ffn_up_exps.weight", e, f, c);
        Linear[] down = Linear.Take(build, packing, prefix + "ffn_down_exps.weight", e, c, f);
        bool bias = model.Has(Trait.ExpertBias);
        TensorView gateBias = build.TakeFloatsIf(bias, prefix + "ffn_gate_exps.bias", e, f);
        TensorView upBias = build.TakeFloatsIf(bias, prefix + "ffn_up_exps.bias", e, f);
        TensorView downBias = build.TakeFloatsIf(bias, prefix + "ffn_down_exps.bias", e, c);

        Expert[] experts = new Expert[e];
        for (int i = 0; i < e; i++)
        {
            experts[i] = new Expert
            {
                Gate = gate[i],
                Up = up[i],
                Down = down[i],
                GateBias = bias ? gateBias.At(i) : default,
                UpBias = bias ? upBias.At(i) : default,
                DownBias = bias ? downBias.At(i) : default,
            };
        }

        return experts;
    }

    private static Expert TakeShared(IBuildContext build, Packing packing, string prefix, int width) => new()
    {
        Gate = Linear.Take(build, packing, prefix + "ffn_gate_shexp.weight", width, build.Model.HiddenWidth),
        Up = Linear.Take(build, packing, prefix + "ffn_up_shexp.weight", width, build.Model.HiddenWidth),
        Down = Linear.Take(build, packing, prefix + "ffn_down_shexp.weight", build.Model.HiddenWidth, width),
    };
}
