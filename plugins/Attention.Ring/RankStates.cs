using Spud;

namespace Attention.Ring;

/// <summary>The attention states of the ranks of one fold. Rank 0 folds into the result itself.</summary>
internal sealed class RankStates
{
    private readonly ModelDescription _model;
    private readonly Workspace[] _states;
    private readonly bool[] _hasKeys;

    /// <param name="build">Model, limits and memory.</param>
    /// <param name="ranks">Number of ranks.</param>
    public RankStates(IFoldBuildContext build, int ranks)
    {
        _model = build.Model;
        _hasKeys = new bool[ranks];
        long floats = (long)build.Limits.Rows * build.Layers.Max(layer => _model.Layers[layer].QueryHeads * (_model.Layers[layer].Kv.ValueWidth + 2));
        _states = [.. Enumerable.Range(1, ranks - 1).Select(_ => build.Reserve(build.Host, floats * sizeof(float)))];
    }

    public int Ranks => _hasKeys.Length;

    /// <summary>Notes which ranks have keys of the step's sequences.</summary>
    public void Begin(ReadOnlySpan<PageView> shards)
    {
        for (int rank = 0; rank < _hasKeys.Length; rank++)
            _hasKeys[rank] = shards[rank].RunOffsets.AsSpan<int>()[^1] > 0;
    }

    /// <summary>Whether a rank has keys of the step's sequences.</summary>
    public bool HasKeys(int rank) => _hasKeys[rank];

    /// <summary>The state of a rank from 1 on.</summary>
    public AttentionState Of(int rank, int layer, int rows)
    {
        LayerDescription of = _model.Layers[layer];
        Workspace state = _states[rank - 1];
        long entries = (long)rows * of.QueryHeads * sizeof(float);
        return new()
        {
            Max = state.View(ElementType.F32, rows, of.QueryHeads),
            Sum = state.ViewAt(entries, ElementType.F32, rows, of.QueryHeads),
            Accumulator = state.ViewAt(2 * entries, ElementType.F32, rows, of.QueryHeads, of.Kv.ValueWidth),
        };
    }
}
