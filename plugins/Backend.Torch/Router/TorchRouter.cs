using Backend.Torch.Native;
using Backend.Torch.Shared;
using Spud;

namespace Backend.Torch.Router;

/// <summary>Softmax over all experts in f32, then the K largest; of equals the lower number.</summary>
internal sealed class TorchRouter : IRouter
{
    private readonly int _hidden;
    private readonly RouterHandle?[] _layers;

    public TorchRouter(RouterOptions options, IBuildContext build)
    {
        _hidden = build.Model.HiddenWidth;
        _layers = new RouterHandle?[build.Model.Layers.Length];
        using WeightLoader weights = new(build, options.Device, ElementType.F32);
        Domain = weights.Domain;
        foreach (int layer in build.Layers)
        {
            LayerDescription model = build.Model.Layers[layer];
            int used = options.Experts ?? model.ExpertsUsed;
            if (model.Experts == 1)
                continue;
            if (used > model.Experts)
                throw new RefusedException($"router torch: {used} experts of a row, but layer {layer} has {model.Experts}. Set experts to {model.Experts} or less.");

            _layers[layer] = Layer(build, weights, layer, used);
            MaxExpertsPerRow = Math.Max(MaxExpertsPerRow, used);
        }

        int most = build.Layers.Max(layer => build.Model.Layers[layer].Experts);
        build.EstimateNative(Domain, (long)build.Limits.Rows * (3 * _hidden + 6 * most) * sizeof(float));
    }

    public IMemoryDomain Domain { get; }

    public int MaxExpertsPerRow { get; } = 1;

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        Shape.Require(hidden, [step.Rows, _hidden], "hidden", "[T, C]");
        Shape.Require(plan.Offsets, [step.Rows + 1], "offsets", "[T + 1]");
        _layers[layer]!.Route(hidden, plan);
    }

    public void Dispose()
    {
        foreach (RouterHandle? layer in _layers)
            layer?.Dispose();
    }

    private static RouterHandle Layer(IBuildContext build, WeightLoader weights, int layer, int used)
    {
        LayerDescription model = build.Model.Layers[layer];
        string prefix = $"blk.{layer}.";
        return new RouterHandle(new NativeRouterConfig
        {
            Place = weights.Device.Place(),
            Norm = new(weights.Floats(prefix + "ffn_norm.weight", build.Model.HiddenWidth)),
            Gate = new(weights.Floats(prefix + "ffn_gate_inp.weight", model.Experts, build.Model.HiddenWidth)),
            Bias = new(weights.FloatsIf(model.Has(Trait.GateBias), prefix + "ffn_gate_inp.bias", model.Experts)),
            Used = used,
            Renormalises = model.Has(Trait.Renormalise) ? 1 : 0,
            Epsilon = build.Model.NormEpsilon,
        });
    }
}
