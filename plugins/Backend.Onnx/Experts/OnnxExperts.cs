using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Experts;

/// <summary>Gated feed-forward experts, dense or routed.</summary>
internal sealed class OnnxExperts : IExperts
{
    private readonly IBuildContext _build;
    private readonly Sessions _sessions;
    private readonly ILayerExperts[] _layers;

    public OnnxExperts(ExpertsOptions options, IBuildContext build, Sessions sessions)
    {
        (_build, _sessions, _layers) = (build, sessions, new ILayerExperts[build.Model.Layers.Length]);
        WeightReader weights = new(build, sessions.Device, options);
        RoutedScratch? scratch = null;
        DeviceScratch? deviceScratch = null;
        long widest = 0;
        foreach (int layer in build.Layers)
        {
            LayerDescription model = build.Model.Layers[layer];
            widest = Math.Max(widest, Math.Max(model.ExpertWidth, (long)model.Number(Trait.SharedExpert, 0)));
            _layers[layer] = model.Experts == 1 && !model.Has(Trait.SharedExpert)
                ? new DenseExperts(build, sessions, weights, layer)
                : !sessions.Device.IsHost ? new DeviceExperts(build, sessions, weights, deviceScratch ??= new(build, Domain, MaxExperts()), layer)
                : new RoutedExperts(build, sessions, weights, scratch ??= new(build, MaxExperts()), layer);
        }

        const int copiesOfInner = 3;
        build.EstimateNative(Domain, build.Limits.Rows * (copiesOfInner * widest + 2L * build.Model.HiddenWidth) * sizeof(float));
    }

    public IMemoryDomain Domain => _sessions.Domain;

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        (int t, int c) = (step.Rows, _build.Model.HiddenWidth);
        Shape.Require(input, [t, c], "input", "[T, C]");
        Shape.Require(output, [t, c], "output", "[T, C]");
        Shape.Require(plan.Offsets, [t + 1], "offsets", "[T + 1]");
        _layers[layer].Execute(input, plan, output);
    }

    public void Dispose() => _sessions.Dispose();

    private int MaxExperts()
    {
        int most = 1;
        foreach (int layer in _build.Layers)
            most = Math.Max(most, _build.Model.Layers[layer].Experts);
        return most;
    }
}
