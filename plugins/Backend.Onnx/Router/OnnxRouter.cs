using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Router;

/// <summary>Softmax over all experts, then the top K; ties go to the lower index, as in ONNX's TopK.</summary>
internal sealed class OnnxRouter : IRouter
{
    private readonly IBuildContext _build;
    private readonly Sessions _sessions;
    private readonly RouterLayer[] _layers;
    private readonly Dictionary<int, TensorView> _offsets = [];

    public OnnxRouter(RouterOptions options, IBuildContext build, Sessions sessions)
    {
        (_build, _sessions, _layers) = (build, sessions, new RouterLayer[build.Model.Layers.Length]);
        WeightReader weights = new(build, sessions.Device, new MatrixOptions { Weights = WeightFormat.F32, Prepack = false });
        int maxExperts = 0;
        foreach (int layer in build.Layers)
        {
            int experts = build.Model.Layers[layer].Experts, used = options.Experts ?? build.Model.Layers[layer].ExpertsUsed;
            if (experts == 1)
                continue;
            if (used > experts)
                throw new RefusedException($"router onnx: {used} experts of a row, but layer {layer} has {experts}. Set experts to {experts} or less.");

            _layers[layer] = new RouterLayer(build, sessions, weights, OffsetsFor(used), layer, used);
            (maxExperts, MaxExpertsPerRow) = (Math.Max(maxExperts, experts), Math.Max(MaxExpertsPerRow, used));
        }

        build.EstimateNative(Domain, (long)build.Limits.Rows * (build.Model.HiddenWidth + 4L * maxExperts) * sizeof(float));
    }

    public IMemoryDomain Domain => _sessions.Domain;

    public int MaxExpertsPerRow { get; } = 1;

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        (int t, int c) = (step.Rows, _build.Model.HiddenWidth);
        Shape.Require(hidden, [t, c], "hidden", "[T, C]");
        Shape.Require(plan.Offsets, [t + 1], "offsets", "[T + 1]");
        _layers[layer].Route(hidden, plan);
    }

    public void Dispose() => _sessions.Dispose();

    // I32 [T + 1]: the offsets, which are constant because every row has K experts.
    private TensorView OffsetsFor(int used)
    {
        if (_offsets.TryGetValue(used, out TensorView known))
            return known;

        TensorView offsets = _build.Allocate(_build.Host, ElementType.I32, _build.Limits.Rows + 1);
        for (int row = 0; row <= _build.Limits.Rows; row++)
            offsets.AsSpan<int>()[row] = row * used;
        if (Domain.IsHost)
            return _offsets[used] = offsets;

        TensorView there = _build.Allocate(Domain, ElementType.I32, _build.Limits.Rows + 1);
        Domain.Copy(offsets, there);
        return _offsets[used] = there;
    }
}
