using System.Runtime.InteropServices;
using Backend.Torch.Device;
using Backend.Torch.Native;
using Backend.Torch.Shared;
using Spud;
using static TorchSharp.torch;

namespace Backend.Torch.Router;

/// <summary>Softmax over all experts in f32, then the top K; ties go to the lower index.</summary>
internal sealed class TorchRouter : IRouter
{
    private readonly int _hidden, _threads;
    private readonly CachedTensor _rows, _offsets, _experts, _weights;
    private readonly RouterLayer?[] _layers;

    public TorchRouter(RouterOptions options, IBuildContext build)
    {
        (_hidden, _threads) = (build.Model.HiddenWidth, build.Pool.Threads);
        _layers = new RouterLayer?[build.Model.Layers.Length];
        using WeightLoader weights = new(build, options.Device, ElementType.F32);
        (Domain, TorchDevice device) = (weights.Domain, weights.Device);
        (_rows, _offsets, _experts, _weights) = (new(device), new(device), new(device), new(device));
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
        try
        {
            using NativeCall call = new(NativeThreads.For((long)step.Rows * _hidden, _threads));
            _layers[layer]!.Route(_rows.Of(hidden), _offsets.Of(plan.Offsets), _experts.Of(plan.Experts), _weights.Of(plan.Weights));
        }
        catch (ExternalException fault)
        {
            throw TorchFault.Of(fault);
        }
    }

    public void Dispose()
    {
        foreach (RouterLayer? layer in _layers)
            layer?.Dispose();

        _rows.Dispose();
        _offsets.Dispose();
        _experts.Dispose();
        _weights.Dispose();
    }

    private static RouterLayer Layer(IBuildContext build, WeightLoader weights, int layer, int used)
    {
        LayerDescription model = build.Model.Layers[layer];
        (string prefix, TorchDevice device) = ($"blk.{layer}.", weights.Device);
        Tensor gate = device.Tensor(weights.Floats(prefix + "ffn_gate_inp.weight", model.Experts, build.Model.HiddenWidth));
        Tensor? bias = device.TensorIf(weights.FloatsIf(model.Has(Trait.GateBias), prefix + "ffn_gate_inp.bias", model.Experts));
        RmsNorm norm = new(device.Tensor(weights.Floats(prefix + "ffn_norm.weight", build.Model.HiddenWidth)), build.Model.NormEpsilon);
        return new RouterLayer(norm, new Linear(gate, bias, build.Pool), used, model.Has(Trait.Renormalise));
    }
}
