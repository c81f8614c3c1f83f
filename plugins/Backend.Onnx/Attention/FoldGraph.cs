using Backend.Onnx.Graphs;
using Backend.Onnx.Native;
using Backend.Onnx.Shared;
using Spud;

namespace Backend.Onnx.Attention;

/// <summary>Key of a fold graph; layers of the same geometry share it.</summary>
/// <param name="Shape">Geometry of the heads.</param>
/// <param name="Rows">Number of rows: one, or any.</param>
/// <param name="Masked">Whether a mask is added to the scores.</param>
internal readonly record struct FoldKind(Geometry Shape, bool Rows, bool Masked);

/// <summary>
/// Maximum, sum and accumulator of a number of rows over contiguous keys: each KV head's keys and values are separate inputs, so that
/// they are read in place from the cache. It has no weights.
/// </summary>
internal sealed class FoldGraph
{
    private readonly FoldKind _kind;
    private readonly Graph _graph = new();
    private readonly Binding _binding;
    private readonly int _query, _mask, _max, _sum, _accumulator;
    private readonly int[] _keys, _values;

    public FoldGraph(FoldKind kind, Sessions sessions)
    {
        _kind = kind;
        (string max, string sum, string accumulator) = kind.Rows ? ManyRows() : OneRow();
        (int h, int dv) = (kind.Shape.QueryHeads, kind.Shape.ValueWidth);
        if (kind.Rows)
        {
            _graph.Output(max, "max", ElementType.F32, "n", h, 1);
            _graph.Output(sum, "sum", ElementType.F32, "n", h, 1);
            _graph.Output(accumulator, "accumulator", ElementType.F32, "n", h, dv);
        }
        else
        {
            (int g, int r) = (kind.Shape.KvHeads, kind.Shape.Group);
            _graph.Output(max, "max", ElementType.F32, g, r, 1);
            _graph.Output(sum, "sum", ElementType.F32, g, r, 1);
            _graph.Output(accumulator, "accumulator", ElementType.F32, g, r, dv);
        }

        _binding = sessions.Bind(_graph);
        (_query, _max, _sum, _accumulator) = (_binding.SlotOf("query"), _binding.SlotOf("max"), _binding.SlotOf("sum"), _binding.SlotOf("accumulator"));
        _mask = kind.Masked ? _binding.SlotOf("mask") : -1;
        _keys = [.. Enumerable.Range(0, kind.Shape.KvHeads).Select(head => _binding.SlotOf($"key{head}"))];
        _values = [.. Enumerable.Range(0, kind.Shape.KvHeads).Select(head => _binding.SlotOf($"value{head}"))];
    }

    /// <summary>Computes a state.</summary>
    /// <param name="query">F32 [n, H, D].</param>
    /// <param name="keys">The keys and values.</param>
    /// <param name="mask">F32 [n, keys], or absent.</param>
    /// <param name="state">[n, ..], written.</param>
    public void Run(in TensorView query, in KeyBlock keys, in TensorView mask, in AttentionState state)
    {
        Geometry shape = _kind.Shape;
        (int n, int g, int r) = (query.Shape[0], shape.KvHeads, shape.Group);
        if (_kind.Rows)
        {
            _binding.Set(_query, query);
            _binding.Set(_max, state.Max.Address, n, shape.QueryHeads, 1);
            _binding.Set(_sum, state.Sum.Address, n, shape.QueryHeads, 1);
            _binding.Set(_accumulator, state.Accumulator);
        }
        else
        {
            _binding.Set(_query, query.Address, g, r, shape.KeyWidth);
            _binding.Set(_max, state.Max.Address, g, r, 1);
            _binding.Set(_sum, state.Sum.Address, g, r, 1);
            _binding.Set(_accumulator, state.Accumulator.Address, g, r, shape.ValueWidth);
        }

        if (_kind.Masked)
            _binding.Set(_mask, mask);

        for (int head = 0; head < g; head++)
        {
            _binding.Set(_keys[head], keys.Keys + head * keys.KeyStride, keys.Count, shape.KeyWidth);
            _binding.Set(_values[head], keys.Values + head * keys.ValueStride, keys.Count, shape.ValueWidth);
        }

        _binding.Run();
    }

    // Each KV head separately: [R, n, keys] each. The parts are large, and copying scores would cost more than extra nodes.
    private (string Max, string Sum, string Accumulator) ManyRows()
    {
        (int h, int g, int d) = (_kind.Shape.QueryHeads, _kind.Shape.KvHeads, _kind.Shape.KeyWidth);
        string query = _graph.Node("Transpose", [_graph.Input("query", ElementType.F32, "n", h, d)], Graphs.Attribute.Ints("perm", 1, 0, 2));
        string mask = _kind.Masked ? _graph.Input("mask", ElementType.F32, "n", "m") : "";
        string[] queries = Split(query), maxima = new string[g], sums = new string[g], accumulators = new string[g];
        for (int head = 0; head < g; head++)
        {
            string scores = Scores(queries[head], head);
            if (_kind.Masked)
                scores = _graph.Node("Add", [scores, mask]);

            (maxima[head], sums[head], string weights) = Softmax(scores);
            accumulators[head] = Values(weights, head);
        }

        return (ByRow(maxima), ByRow(sums), ByRow(accumulators));
    }

    // All heads at once if there are few scores: a node costs more than its work.
    private (string Max, string Sum, string Accumulator) OneRow()
    {
        (int g, int r, int d) = (_kind.Shape.KvHeads, _kind.Shape.Group, _kind.Shape.KeyWidth);
        string[] queries = Split(_graph.Input("query", ElementType.F32, g, r, d));
        (string max, string sum, string weights) = Softmax(Joined([.. queries.Select(Scores)]));
        return (max, sum, Joined([.. Split(weights).Select(Values)]));
    }

    private string Scores(string query, int head) => _graph.MicrosoftNode(
        "FusedMatMul", [query, _graph.Input($"key{head}", ElementType.F32, "m", _kind.Shape.KeyWidth)], Graphs.Attribute.Int("transB", 1));

    private string Values(string weights, int head) =>
        _graph.Node("MatMul", [weights, _graph.Input($"value{head}", ElementType.F32, "m", _kind.Shape.ValueWidth)]);

    private (string Max, string Sum, string Weights) Softmax(string scores)
    {
        string max = _graph.Node("ReduceMax", [scores], Graphs.Attribute.Ints("axes", -1), Graphs.Attribute.Int("keepdims", 1));
        string weights = _graph.Node("Exp", [_graph.Node("Sub", [scores, max])]);
        return (max, _graph.Node("ReduceSum", [weights, _graph.Indices(-1)], Graphs.Attribute.Int("keepdims", 1)), weights);
    }

    private string[] Split(string x) =>
        _kind.Shape.KvHeads == 1 ? [x] : _graph.Nodes("Split", "", _kind.Shape.KvHeads, [x], Graphs.Attribute.Int("axis", 0));

    private string Joined(string[] parts) => parts.Length == 1 ? parts[0] : _graph.Node("Concat", parts, Graphs.Attribute.Int("axis", 0));

    // G parts [R, n, x] to [n, H, x].
    private string ByRow(string[] parts) => _graph.Node("Transpose", [Joined(parts)], Graphs.Attribute.Ints("perm", 1, 0, 2));
}
