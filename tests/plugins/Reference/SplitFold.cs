using System.Collections.Immutable;
using Spud;

namespace Reference;

/// <summary>
/// A fold decorator in its plainest form: keys go to shards by blocks of positions, each shard is folded apart as a part of the pipeline's
/// pool, and the states are merged in the order of the shards.
/// </summary>
internal sealed class SplitFold : IFold, IGivesKeyMass
{
    private readonly IMergesStates _domain;
    private readonly WorkerPool _pool;
    private readonly ModelDescription _model;
    private readonly ImmutableArray<IFold> _ranks;
    private readonly Workspace[] _states;
    private readonly PageView[] _shards;

    /// <exception cref="RefusedException">The domain of the attention does not merge states.</exception>
    public SplitFold(SplitOptions options, IFoldBuildContext build, Func<FoldRank, IFold> inner)
    {
        _domain = build.Domain as IMergesStates ?? throw new RefusedException($"{build.Domain.Name} memory does not merge attention states");
        (_pool, _model, _shards) = (build.Pool, build.Model, new PageView[options.Shards]);
        Shards = options.Shards == 1 ? null : new([.. Enumerable.Repeat(build.Domain, options.Shards)], position => position / options.BlockTokens % options.Shards);
        _ranks = [.. Enumerable.Range(0, options.Shards).Select(_ => inner(new() { Domain = build.Domain, Pool = WorkerPool.OfCaller }))];
        long floats = (long)build.Limits.Rows * build.Model.Layers.Max(of => of.QueryHeads * (of.Kv.ValueWidth + 2));
        _states = [.. _ranks.Select(_ => build.Reserve(build.Domain, floats * sizeof(float)))];
    }

    public FoldShards? Shards { get; }

    public bool TellsKeyMass => _ranks.All(static rank => rank is IGivesKeyMass { TellsKeyMass: true });

    public void Fold(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state)
    {
        shards.CopyTo(_shards);
        Ranks job = new() { Of = this, Layer = layer, Step = step, Query = query };
        _pool.Run(_ranks.Length, ref job);
        for (int rank = 0; rank < _ranks.Length; rank++)
            _domain.Merge(StateOf(rank, layer, step.Rows), state);
    }

    public void AddKeyMass(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state, in TensorView mass)
    {
        // The state is of all shards, so that each rank knows its keys' share.
        for (int rank = 0; rank < _ranks.Length; rank++)
            ((IGivesKeyMass)_ranks[rank]).AddKeyMass(layer, step, query, shards.Slice(rank, 1), state, mass);
    }

    public void Dispose()
    {
    }

    private AttentionState StateOf(int rank, int layer, int rows)
    {
        LayerDescription of = _model.Layers[layer];
        long entries = (long)rows * of.QueryHeads * sizeof(float);
        return new()
        {
            Max = _states[rank].View(ElementType.F32, rows, of.QueryHeads),
            Sum = _states[rank].ViewAt(entries, ElementType.F32, rows, of.QueryHeads),
            Accumulator = _states[rank].ViewAt(2 * entries, ElementType.F32, rows, of.QueryHeads, of.Kv.ValueWidth),
        };
    }

    private struct Ranks : IJob
    {
        public SplitFold Of;
        public int Layer;
        public Step Step;
        public TensorView Query;

        public readonly void Run(int part, int worker)
        {
            AttentionState state = Of.StateOf(part, Layer, Step.Rows);
            state.Sum.Floats.Clear();
            Of._ranks[part].Fold(Layer, Step, Query, new ReadOnlySpan<PageView>(in Of._shards[part]), state);
        }
    }
}
