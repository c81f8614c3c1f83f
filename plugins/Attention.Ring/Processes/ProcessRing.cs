using System.Collections.Immutable;
using Attention.Ring.Native;
using Spud;

namespace Attention.Ring.Processes;

/// <summary>
/// Ring attention over processes, in rank 0, which is the program: it folds its own keys on all its threads while the other ranks fold theirs,
/// and merges their states in the order of the ranks.
/// </summary>
internal sealed class ProcessRing : IFold, IGivesKeyMass
{
    private readonly WorkerPool _pool;
    private readonly ModelDescription _model;
    private readonly IMemoryDomain _host;
    private readonly IRankLink _link;
    private readonly IFold _own;
    private readonly ImmutableArray<RemoteRank> _others;
    private readonly RankStates _states;
    private readonly FoldedKeys _folded;

    /// <param name="link">Connects the ranks; disposed with this.</param>
    /// <param name="options">Options of the decorator.</param>
    /// <param name="build">Model, threads and memory.</param>
    /// <param name="inner">Makes the fold of this rank.</param>
    /// <exception cref="RefusedException">A rank did not start, or is not like this one.</exception>
    public ProcessRing(IRankLink link, RingOptions options, IFoldBuildContext build, Func<FoldRank, IFold> inner)
    {
        (_link, _pool, _model, _host) = (link, build.Pool, build.Model, build.Host);
        TimeSpan patience = TimeSpan.FromSeconds(options.TimeoutSeconds);
        _others = [.. Enumerable.Range(1, link.Ranks - 1).Select(rank => new RemoteRank(link, rank, patience))];
        try
        {
            Greeting.Of(options, build).Require(link, patience);
            RankDomain own = new(build.Host, 0, options.MemoryBytes);
            _own = inner(new() { Domain = own, Pool = build.Pool });
            Shards = new([own, .. _others.Select(static rank => rank.Domain)], new ZigzagOrder(link.Ranks, options.BlockTokens).RankOf);
        }
        catch
        {
            End();
            throw;
        }

        (_states, _folded) = (new(link.Ranks), new(build, link.Ranks));
    }

    public FoldShards Shards { get; }

    public bool TellsKeyMass => _own is IGivesKeyMass { TellsKeyMass: true };

    public void Fold(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state)
    {
        _folded.Add(layer, step, shards);
        _states.Begin(shards);
        for (int rank = 1; rank < _states.Ranks; rank++)
        {
            if (!_states.HasKeys(rank))
                continue;

            FoldMessage.Write(_others[rank - 1].Command(RankCommand.Fold), layer, step, query, shards[rank]);
            _others[rank - 1].Ask();
        }

        if (_states.HasKeys(0))
            _own.Fold(layer, step, query, shards[..1], state);

        for (int rank = 1; rank < _states.Ranks; rank++)
        {
            if (_states.HasKeys(rank))
                _states[rank] = StateOf(_others[rank - 1].Reply(), layer, step.Rows);
        }

        MergeJob merge = new() { States = _states, Into = state };
        _pool.Run(merge.Parts, ref merge);
    }

    public void AddKeyMass(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state, in TensorView mass)
    {
        _states.Begin(shards);
        for (int rank = 1; rank < _states.Ranks; rank++)
        {
            if (!_states.HasKeys(rank))
                continue;

            MessageWriter command = _others[rank - 1].Command(RankCommand.AddKeyMass);
            FoldMessage.Write(command, layer, step, query, shards[rank]);
            command.PutTensor(state.Max);
            command.PutTensor(state.Sum);
            _others[rank - 1].Ask();
        }

        if (_states.HasKeys(0))
            ((IGivesKeyMass)_own).AddKeyMass(layer, step, query, shards[..1], state, mass);

        Span<float> sum = mass.AsSpan<float>();
        for (int rank = 1; rank < _states.Ranks; rank++)
        {
            if (!_states.HasKeys(rank))
                continue;

            ReadOnlySpan<float> added = _others[rank - 1].Reply().TakeAll<float>();
            for (int i = 0; i < added.Length; i++)
                sum[i] += added[i];
        }
    }

    /// <summary>Ends the other ranks.</summary>
    public void Dispose()
    {
        End();
        _link.Dispose();
    }

    private void End()
    {
        foreach (RemoteRank rank in _others)
        {
            rank.End();
            rank.Dispose();
        }
    }

    private AttentionState StateOf(MessageReader reply, int layer, int rows)
    {
        LayerDescription of = _model.Layers[layer];
        return new()
        {
            Max = reply.TakeTensor(_host, ElementType.F32, rows, of.QueryHeads),
            Sum = reply.TakeTensor(_host, ElementType.F32, rows, of.QueryHeads),
            Accumulator = reply.TakeTensor(_host, ElementType.F32, rows, of.QueryHeads, of.Kv.ValueWidth),
        };
    }
}
