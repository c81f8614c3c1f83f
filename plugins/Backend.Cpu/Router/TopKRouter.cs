using Backend.Cpu.Kernels;
using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Router;

/// <summary>Softmax over all experts, then the top K; ties go to the lower index.</summary>
internal sealed class TopKRouter : IRouter
{
    private readonly IBuildContext _build;
    private readonly RouterLayer[] _layers;
    private readonly Workspace _workspace;
    private readonly long _scores, _scratch;
    private readonly int _scratchFloats;

    public TopKRouter(RouterOptions options, IBuildContext build)
    {
        _build = build;
        _layers = new RouterLayer[build.Model.Layers.Length];
        int maxExperts = 0;
        foreach (int layer in build.Layers)
        {
            int experts = build.Model.Layers[layer].Experts, used = options.Experts ?? build.Model.Layers[layer].ExpertsUsed;
            if (experts == 1)
                continue;
            if (used > experts)
                throw new RefusedException($"router top-k: {used} experts of a row, but layer {layer} has {experts}. Set experts to {experts} or less.");

            _layers[layer] = new RouterLayer(build, layer, used);
            (maxExperts, MaxExpertsPerRow) = (Math.Max(maxExperts, experts), Math.Max(MaxExpertsPerRow, used));
            _scratchFloats = Math.Max(_scratchFloats, Product.ScratchFloats(_layers[layer].Gate, build.Limits.Rows));
        }

        ScratchPlan plan = new();
        plan.AddFloats((long)build.Limits.Rows * build.Model.HiddenWidth);
        _scores = plan.AddFloats((long)build.Limits.Rows * maxExperts);
        _scratch = plan.AddFloats((long)build.Pool.Threads * _scratchFloats);
        _workspace = build.Reserve(build.Host, plan.Bytes);
    }

    public IMemoryDomain Domain => _build.Host;

    public int MaxExpertsPerRow { get; } = 1;

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        RouterLayer router = _layers[layer];
        (int t, int c) = (step.Rows, _build.Model.HiddenWidth);
        Shape.Require(hidden, [t, c], "hidden", "[T, C]");
        Shape.Require(plan.Offsets, [t + 1], "offsets", "[T + 1]");
        NormJob norm = new()
        {
            Input = hidden,
            Weight = router.Norm,
            Epsilon = _build.Model.NormEpsilon,
            Output = new Activations(t, c, _workspace.View(ElementType.F32, t, c), rounded: 0),
        };
        _build.Pool.Run(t, ref norm);

        ProductJob scores = new() { Product = Scores(router, norm.Output), Tiles = TileRange.OneByOne(router.Gate.Tiles) };
        _build.Pool.Run(scores.Tiles.Parts, ref scores);

        ChooseJob choose = new() { Router = router, Scores = scores.Product.Output, Plan = plan };
        _build.Pool.Run(t, ref choose);
    }

    public void Dispose()
    {
    }

    private Product Scores(RouterLayer router, in Activations normed) => new()
    {
        Matrix = router.Gate,
        Bias = router.Bias,
        Factor = 1,
        Adds = false,
        Input = normed,
        Output = _workspace.ViewAt(_scores, ElementType.F32, normed.Count, router.Gate.Outputs),
        Scratch = new(_workspace.ViewAt(_scratch, ElementType.F32, _build.Pool.Threads, _scratchFloats)),
    };
}
