using Spud;

namespace Attention.Ring;

/// <summary>Host memory for the states of ranks in this process.</summary>
internal sealed class StateRooms
{
    private readonly ModelDescription _model;
    private readonly Workspace[] _rooms;

    /// <param name="build">Model, limits and memory.</param>
    /// <param name="rooms">Number of states.</param>
    public StateRooms(IFoldBuildContext build, int rooms)
    {
        _model = build.Model;
        long floats = (long)build.Limits.Rows * build.Layers.Max(layer => _model.Layers[layer].QueryHeads * (_model.Layers[layer].Kv.ValueWidth + 2));
        _rooms = [.. Enumerable.Range(0, rooms).Select(_ => build.Reserve(build.Host, floats * sizeof(float)))];
    }

    /// <summary>An undefined state of a step's rows.</summary>
    public AttentionState Of(int room, int layer, int rows)
    {
        LayerDescription of = _model.Layers[layer];
        long entries = (long)rows * of.QueryHeads * sizeof(float);
        return new()
        {
            Max = _rooms[room].View(ElementType.F32, rows, of.QueryHeads),
            Sum = _rooms[room].ViewAt(entries, ElementType.F32, rows, of.QueryHeads),
            Accumulator = _rooms[room].ViewAt(2 * entries, ElementType.F32, rows, of.QueryHeads, of.Kv.ValueWidth),
        };
    }
}
