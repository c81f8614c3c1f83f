using Backend.Onnx.Graphs;
using Backend.Onnx.Native;
using Backend.Onnx.Shared;
using Spud;

namespace Backend.Onnx.Attention;

/// <summary>
/// Merges one state into another on a device, where the host cannot see which entries are empty: those with sum 0, whose maximum and
/// accumulator are undefined, and those of a fold that saw no key, whose maximum is below <see cref="FoldMask.NoKey"/>.
/// </summary>
internal sealed class MergeGraph
{
    private static readonly string[] s_names = ["max", "sum", "accumulator", "into.max", "into.sum", "into.accumulator", "result.max", "result.sum", "result.accumulator"];
    private readonly Graph _graph = new();
    private readonly Binding _binding;
    private readonly int[] _slots;

    public MergeGraph(Sessions sessions)
    {
        string hidden = _graph.Scalar(FoldMask.Hidden), noKey = _graph.Scalar(FoldMask.NoKey), zero = _graph.Scalar(0);
        string max = Flat("max"), sum = Flat("sum"), accumulator = Wide("accumulator");
        string intoMax = Flat("into.max"), intoSum = Flat("into.sum"), intoAccumulator = Wide("into.accumulator");
        string blind = _graph.Node("Less", [max, noKey]), empty = _graph.Node("Equal", [intoSum, zero]);
        intoMax = _graph.Node("Where", [empty, hidden, intoMax]);
        intoAccumulator = _graph.Node("Where", [empty, zero, intoAccumulator]);
        string top = _graph.Node("Max", [max, intoMax]);
        string add = _graph.Node("Where", [blind, zero, Weight(max, top)]), keep = Weight(intoMax, top);
        Result(top, "max", wide: false);
        Result(_graph.Node("Add", [_graph.Node("Mul", [intoSum, keep]), _graph.Node("Mul", [sum, add])]), "sum", wide: false);
        Result(_graph.Node("Add", [_graph.Node("Mul", [intoAccumulator, keep]), _graph.Node("Mul", [accumulator, add])]), "accumulator", wide: true);
        _binding = sessions.Bind(_graph);
        _slots = [.. s_names.Select(_binding.SlotOf)];
    }

    /// <summary>Computes the merged state; none of the three shares memory with another.</summary>
    public void Run(in AttentionState from, in AttentionState into, in AttentionState result)
    {
        Bind(0, from);
        Bind(3, into);
        Bind(6, result);
        _binding.Run();
    }

    private void Bind(int first, in AttentionState state)
    {
        (int n, int h) = (state.Max.Shape[0], state.Max.Shape[1]);
        _binding.Set(_slots[first], state.Max.Address, n, h, 1);
        _binding.Set(_slots[first + 1], state.Sum.Address, n, h, 1);
        _binding.Set(_slots[first + 2], state.Accumulator);
    }

    private string Flat(string name) => _graph.Input(name, ElementType.F32, "n", "h", 1);

    private string Wide(string name) => _graph.Input(name, ElementType.F32, "n", "h", "d");

    private string Weight(string max, string top) => _graph.Node("Exp", [_graph.Node("Sub", [max, top])]);

    private void Result(string value, string name, bool wide)
    {
        Dim last = wide ? "d" : 1;
        _graph.Output(value, "result." + name, ElementType.F32, "n", "h", last);
    }
}
