using Backend.Cpu.Kernels;
using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Attention;

/// <summary>Grouped-query attention over paged keys.</summary>
internal sealed class CpuAttention : IAttention, IMakesFolds, IGivesKeyMass
{
    private readonly IBuildContext _build;
    private readonly AttentionLayer[] _layers;
    private readonly CpuFold _fold;
    private readonly AttentionScratch _scratch;

    public CpuAttention(AttentionOptions options, IBuildContext build)
    {
        _build = build;
        _layers = new AttentionLayer[build.Model.Layers.Length];
        Packing packing = new(build, options.Activations);
        List<RopeTable> tables = [];
        foreach (int layer in build.Layers)
            _layers[layer] = new AttentionLayer(build, packing, layer, TableFor(build, build.Model.Layers[layer].Rope, tables));

        packing.Run();
        FoldPlan plan = new(build.Limits);
        FoldScratch scratch = new(build, _layers, plan);
        _scratch = new AttentionScratch(build, _layers, scratch);
        _fold = new CpuFold(_layers, build.Pool, plan, scratch);
    }

    public IMemoryDomain Domain => _build.Host;

    public void Project(int layer, in Step step, in TensorView input, in Heads heads)
    {
        AttentionLayer attention = _layers[layer];
        int t = step.Rows, c = _build.Model.HiddenWidth;
        Shape.Require(input, [t, c], "input", "[T, C]");
        Shape.Require(heads.Query, [t, attention.QueryHeads, attention.KeyWidth], "query", "[T, H, D]");
        Shape.Require(heads.Key, [t, attention.KvHeads, attention.KeyWidth], "key", "[T, G, D]");
        Shape.Require(heads.Value, [t, attention.KvHeads, attention.ValueWidth], "value", "[T, G, Dv]");

        NormJob norm = new()
        {
            Input = input,
            Weight = attention.Norm,
            Epsilon = _build.Model.NormEpsilon,
            Output = _scratch.Normed(attention, t),
        };
        _build.Pool.Run(t, ref norm);

        QkvJob products = new()
        {
            Query = ProductOf(attention.Query, attention.QueryBias, norm.Output, heads.Query),
            Key = ProductOf(attention.Key, attention.KeyBias, norm.Output, heads.Key),
            Value = ProductOf(attention.Value, attention.ValueBias, norm.Output, heads.Value),
            Tiles = TileRange.Share(attention.ProjectTiles, t, _build.Pool.Threads),
        };
        _build.Pool.Run(products.Tiles.Parts, ref products);
        Turn(attention, step, heads);
    }

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state) => _fold.Fold(layer, step, query, pages, state);

    public void AddKeyMass(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state, in TensorView mass) =>
        _fold.AddKeyMass(layer, step, query, shards, state, mass);

    public IFold MakeFold(IFoldBuildContext build)
    {
        if (!build.Domain.IsHost)
            throw new RefusedException($"attention 'cpu' folds in host memory, not in {build.Domain.Name} memory");

        FoldPlan plan = new(build.Limits);
        FoldScratch scratch = new(build, _layers, plan);
        scratch.Workspace = build.Reserve(build.Host, scratch.Bytes);
        return new CpuFold(_layers, build.Pool, plan, scratch);
    }

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output)
    {
        AttentionLayer attention = _layers[layer];
        int t = step.Rows, c = _build.Model.HiddenWidth;
        attention.Require(step, state);
        Shape.Require(output, [t, c], "output", "[T, C]");
        DivideJob divide = new() { State = state, Sinks = attention.Sinks, Output = _scratch.Attended(attention, state) };
        _build.Pool.Run(t, ref divide);

        bool postNorm = attention.PostNorm.IsPresent;
        ProductJob job = new()
        {
            Product = ProductOf(attention.Output, attention.OutputBias, divide.Output, postNorm ? _scratch.Delta(t) : output) with
            {
                Adds = !postNorm,
                Factor = postNorm ? 1 : attention.ResidualScale,
            },
            Tiles = TileRange.Share(attention.Output.Tiles, t, _build.Pool.Threads),
        };
        _build.Pool.Run(job.Tiles.Parts, ref job);
        if (postNorm)
            AddNormed(attention, job.Product.Output, output);
    }

    public void Dispose()
    {
    }

    private static RopeTable? TableFor(IBuildContext build, Rope? rope, List<RopeTable> tables)
    {
        if (rope is null)
            return null;
        if (tables.Find(table => table.Serves(rope)) is { } known)
            return known;

        RopeTable made = new(build, rope);
        tables.Add(made);
        return made;
    }

    private void Turn(AttentionLayer attention, in Step step, in Heads heads)
    {
        foreach (SequenceSlice sequence in step.Sequences)
            attention.Rope?.Cover(sequence.FirstPosition + sequence.Rows);

        HeadsJob turn = new()
        {
            Layer = attention,
            Epsilon = _build.Model.NormEpsilon,
            Positions = step.Positions,
            Query = heads.Query,
            Key = heads.Key,
        };
        _build.Pool.Run(step.Rows, ref turn);
    }

    private void AddNormed(AttentionLayer attention, in TensorView delta, in TensorView output)
    {
        PostNormJob job = new()
        {
            Delta = delta,
            Weight = attention.PostNorm,
            Epsilon = _build.Model.NormEpsilon,
            Factor = attention.ResidualScale,
            Output = output,
        };
        _build.Pool.Run(delta.Shape[0], ref job);
    }

    private Product ProductOf(Linear matrix, in TensorView bias, in Activations input, in TensorView output) => new()
    {
        Matrix = matrix,
        Bias = bias,
        Factor = 1,
        Adds = false,
        Input = input,
        Output = output,
        Scratch = _scratch.Products,
    };
}
