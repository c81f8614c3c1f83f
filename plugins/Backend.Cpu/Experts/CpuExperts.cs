using Backend.Cpu.Kernels;
using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Experts;

/// <summary>Gated feed-forward experts: rows grouped by expert, one product for all rows of an expert.</summary>
internal sealed class CpuExperts : IExperts
{
    private readonly IBuildContext _build;
    private readonly ExpertsLayer[] _layers;
    private readonly ExpertGroups _groups;
    private readonly ExpertsScratch _scratch;

    public CpuExperts(ExpertsOptions options, IBuildContext build)
    {
        _build = build;
        _layers = new ExpertsLayer[build.Model.Layers.Length];
        Packing packing = new(build, options.Activations);
        foreach (int layer in build.Layers)
            _layers[layer] = new ExpertsLayer(build, packing, layer);

        packing.Run();
        _scratch = new ExpertsScratch(build, _layers);
        _groups = new ExpertGroups(_scratch.MaxEntries, _scratch.MaxExperts);
    }

    public IMemoryDomain Domain => _build.Host;

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        ExpertsLayer experts = _layers[layer];
        (int t, int c) = (step.Rows, _build.Model.HiddenWidth);
        Shape.Require(input, [t, c], "input", "[T, C]");
        Shape.Require(output, [t, c], "output", "[T, C]");
        Shape.Require(plan.Offsets, [t + 1], "offsets", "[T + 1]");
        ExpertRows rows = _scratch.Rows(experts, t);
        NormJob norm = new() { Input = input, Weight = experts.Norm, Epsilon = _build.Model.NormEpsilon, Output = rows.Normed };
        _build.Pool.Run(t, ref norm);

        // From here on input is no longer read, since it may be the output.
        TensorView sharedWeights = SharedWeights(experts, rows.Normed);
        for (int row = 0; row < t;)
        {
            int end = _groups.Take(experts, plan, row, sharedWeights.AsSpan<float>());
            Run(experts, rows, row, end, output);
            row = end;
        }

        if (experts.PostNorm.IsPresent)
            AddNormed(experts, _scratch.Delta(t), output);
    }

    public void Dispose()
    {
    }

    private void Run(ExpertsLayer experts, in ExpertRows rows, int firstRow, int endRow, in TensorView output)
    {
        if (_groups.NeedsGather)
        {
            GatherJob gather = new() { Groups = _groups, Rows = rows };
            _build.Pool.Run(_groups.Count, ref gather);
        }

        int threads = _build.Pool.Threads, taken = endRow - firstRow;
        GateUpJob inner = new()
        {
            Layer = experts,
            Groups = _groups,
            Rows = rows,
            Tiles = TileRange.Share(_groups.Tiles, taken, threads),
            Scratch = _scratch.Workers,
        };
        _build.Pool.Run(inner.Tiles.Parts, ref inner);

        bool postNorm = experts.PostNorm.IsPresent;
        DownJob down = new()
        {
            Groups = _groups,
            Rows = rows,
            FirstRow = firstRow,
            EndRow = endRow,
            Factor = experts.ResidualScale,
            Output = postNorm ? _scratch.Delta(output.Shape[0]) : output,
            Adds = !postNorm,
            Tiles = TileRange.Share(Linear.TilesOf(output.Shape[1]), taken, threads),
            Scratch = _scratch.Workers,
        };
        _build.Pool.Run(down.Tiles.Parts, ref down);
    }

    private TensorView SharedWeights(ExpertsLayer experts, in Activations normed)
    {
        TensorView weights = _scratch.SharedWeights(normed.Count);
        if (experts.Shared is not null)
        {
            SharedGateJob job = new() { Normed = normed, Gate = experts.SharedGate, Weights = weights };
            _build.Pool.Run(normed.Count, ref job);
        }

        return weights;
    }

    private void AddNormed(ExpertsLayer experts, in TensorView delta, in TensorView output)
    {
        PostNormJob job = new()
        {
            Delta = delta,
            Weight = experts.PostNorm,
            Epsilon = _build.Model.NormEpsilon,
            Factor = experts.ResidualScale,
            Output = output,
        };
        _build.Pool.Run(delta.Shape[0], ref job);
    }
}
