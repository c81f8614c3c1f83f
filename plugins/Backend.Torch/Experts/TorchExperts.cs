using Backend.Torch.Native;
using Backend.Torch.Shared;
using Spud;

namespace Backend.Torch.Experts;

/// <summary>Gated feed-forward experts: rows by expert, one product for all rows of an expert.</summary>
internal sealed class TorchExperts : IExperts
{
    private const int Silu = 0, Gelu = 1, ClampedSwiGlu = 2;
    private readonly int _hidden;
    private readonly ExpertsHandle?[] _layers;

    public TorchExperts(TorchOptions options, IBuildContext build)
    {
        _hidden = build.Model.HiddenWidth;
        _layers = new ExpertsHandle?[build.Model.Layers.Length];
        using WeightLoader weights = new(build, options.Device, options.Dtype.Element);
        Domain = weights.Domain;
        int widest = 0;
        foreach (int layer in build.Layers)
        {
            LayerDescription model = build.Model.Layers[layer];
            _layers[layer] = new ExpertsHandle(Config(build, weights, layer));
            widest = Math.Max(widest, Math.Max(model.ExpertWidth, (int)model.Number(Trait.SharedExpert, 0)));
        }

        // Normed rows and their copy in the weights' type, gate and up of one expert at a time, and what down makes of them.
        build.EstimateNative(Domain, (long)build.Limits.Rows * (5 * _hidden + 5 * widest) * sizeof(float));
    }

    public IMemoryDomain Domain { get; }

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        Shape.Require(input, [step.Rows, _hidden], "input", "[T, C]");
        Shape.Require(output, [step.Rows, _hidden], "output", "[T, C]");
        Shape.Require(plan.Offsets, [step.Rows + 1], "offsets", "[T + 1]");
        _layers[layer]!.Execute(input, plan, output);
    }

    public void Dispose()
    {
        foreach (ExpertsHandle? layer in _layers)
            layer?.Dispose();
    }

    private static NativeExpertsConfig Config(IBuildContext build, WeightLoader weights, int layer)
    {
        LayerDescription model = build.Model.Layers[layer];
        (int e, int f, int c, string prefix) = (model.Experts, model.ExpertWidth, build.Model.HiddenWidth, $"blk.{layer}.ffn_");
        NativeExpertsConfig config = new()
        {
            Place = weights.Device.Place(),
            Norm = new(weights.Floats(prefix + "norm.weight", c)),
            GateUp = new(weights.JoinedExperts(e, c, (prefix + "gate_exps.weight", f), (prefix + "up_exps.weight", f))),
            Down = new(weights.JoinedExperts(e, f, (prefix + "down_exps.weight", c))),
            PostNorm = new(weights.FloatsIf(model.Has(Trait.ExpertPostNorm), $"blk.{layer}.post_ffw_norm.weight", c)),
            Activation = model.Has(Trait.ClampedSwiGlu) ? ClampedSwiGlu : model.Has(Trait.Gelu) ? Gelu : Silu,
            Limit = model.Number(Trait.ClampedSwiGlu, 0),
            Epsilon = build.Model.NormEpsilon,
            ResidualScale = model.Number(Trait.ExpertResidualScale, 1),
        };
        if (model.Has(Trait.ExpertBias))
        {
            config.GateUpBias = new(weights.JoinedExpertFloats(e, (prefix + "gate_exps.bias", f), (prefix + "up_exps.bias", f)));
            config.DownBias = new(weights.JoinedExpertFloats(e, (prefix + "down_exps.bias", c)));
        }

        if (model.Has(Trait.SharedExpert))
            AddShared(ref config, weights, model, prefix, c);
        return config;
    }

    private static void AddShared(ref NativeExpertsConfig config, WeightLoader weights, LayerDescription model, string prefix, int hidden)
    {
        int width = (int)model.Number(Trait.SharedExpert, 0);
        TensorView gateUp = weights.Joined(hidden, (prefix + "gate_shexp.weight", width), (prefix + "up_shexp.weight", width));
        TensorView down = weights.Joined(width, (prefix + "down_shexp.weight", hidden));
        config.SharedGateUp = new(new TensorView(gateUp.Domain, gateUp.Address, gateUp.Type, 1, 2 * width, hidden));
        config.SharedDown = new(new TensorView(down.Domain, down.Address, down.Type, 1, hidden, width));
        if (!model.Has(Trait.SharedGate))
            return;

        TensorView gate = weights.Floats(prefix + "gate_inp_shexp.weight", hidden);
        config.SharedGate = new(new TensorView(gate.Domain, gate.Address, gate.Type, 1, hidden));
    }
}
