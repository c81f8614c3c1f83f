using System.Collections.Immutable;
using Spud;

namespace Attention.Ring;

/// <summary>
/// Ring attention in one process: every rank folds the queries over the keys in its own memory, and the states are merged in the order of the
/// ranks. Ranks fold in parallel, one thread each, where that keeps all threads equally busy; otherwise one after the other, on all threads.
/// </summary>
internal sealed class LocalRing : IFold, IGivesKeyMass
{
    private readonly WorkerPool _pool;
    private readonly bool _inParallel;
    private readonly ImmutableArray<IFold> _ranks;
    private readonly RankStates _states;
    private readonly StateRooms _rooms;
    private readonly FoldedKeys _folded;
    private readonly PageView[] _shards;

    /// <param name="options">Options of the decorator.</param>
    /// <param name="build">Model, threads and memory.</param>
    /// <param name="inner">Makes the fold of a rank.</param>
    public LocalRing(RingOptions options, IFoldBuildContext build, Func<FoldRank, IFold> inner)
    {
        int ranks = options.Ranks ?? RingOptions.DefaultRanks;
        _pool = build.Pool;
        _inParallel = ranks > 1 && ranks % _pool.Threads == 0;
        ZigzagOrder order = new(ranks, options.BlockTokens);
        ImmutableArray<IMemoryDomain> domains = [.. Enumerable.Range(0, ranks).Select(rank => new RankDomain(build.Host, rank, options.MemoryBytes))];
        Shards = new(domains, order.RankOf);
        _ranks = [.. domains.Select(domain => inner(new() { Domain = domain, Pool = _inParallel ? WorkerPool.OfCaller : _pool }))];
        (_states, _rooms, _folded, _shards) = (new(ranks), new(build, ranks - 1), new(build, ranks), new PageView[ranks]);
    }

    public FoldShards Shards { get; }

    public bool TellsKeyMass => _ranks.All(static rank => rank is IGivesKeyMass { TellsKeyMass: true });

    public void Fold(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state)
    {
        _folded.Add(layer, step, shards);
        Run(new() { Of = this, Layer = layer, Step = step, Query = query, State = state }, shards);
        MergeJob merge = new() { States = _states, Into = state };
        _pool.Run(merge.Parts, ref merge);
    }

    /// <inheritdoc/>
    /// <remarks>The state is that of all ranks, and no position is on two of them.</remarks>
    public void AddKeyMass(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state, in TensorView mass) =>
        Run(new() { Of = this, Layer = layer, Step = step, Query = query, State = state, Mass = mass }, shards);

    public void Dispose()
    {
    }

    private void Run(RankJob job, ReadOnlySpan<PageView> shards)
    {
        shards.CopyTo(_shards);
        _states.Begin(shards);
        if (_inParallel)
        {
            _pool.Run(_ranks.Length, ref job);
            return;
        }

        for (int rank = 0; rank < _ranks.Length; rank++)
            job.Run(rank, 0);
    }

    private struct RankJob : IJob
    {
        public LocalRing Of;
        public int Layer;
        public Step Step;
        public TensorView Query;
        public AttentionState State;

        /// <summary>Absent: fold.</summary>
        public TensorView Mass;

        public readonly void Run(int part, int worker)
        {
            if (!Of._states.HasKeys(part))
                return;

            ReadOnlySpan<PageView> shard = new(in Of._shards[part]);
            if (Mass.IsPresent)
            {
                ((IGivesKeyMass)Of._ranks[part]).AddKeyMass(Layer, Step, Query, shard, State, Mass);
                return;
            }

            AttentionState state = State;
            if (part > 0)
            {
                state = Of._states[part] = Of._rooms.Of(part - 1, Layer, Step.Rows);
                state.Sum.AsSpan<float>().Clear();
            }

            Of._ranks[part].Fold(Layer, Step, Query, shard, state);
        }
    }
}
