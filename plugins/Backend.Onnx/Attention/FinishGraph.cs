using Backend.Onnx.Graphs;
using Backend.Onnx.Native;
using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Attention;

/// <summary>
/// Sinks, division, output projection, bias, post-norm and scale, added to the residual stream: the result is bound over the tensor it is
/// added to, which only the last node reads.
/// </summary>
internal sealed class FinishGraph
{
    private readonly Graph _graph = new();
    private readonly Geometry _shape;
    private readonly Binding _binding;
    private readonly int _max, _sum, _accumulator, _residual, _output;

    public FinishGraph(IBuildContext build, Sessions sessions, WeightReader weights, int layer)
    {
        LayerDescription model = build.Model.Layers[layer];
        _shape = new Geometry(model);
        (int h, int dv, int c, string prefix) = (_shape.QueryHeads, _shape.ValueWidth, build.Model.HiddenWidth, $"blk.{layer}.");
        bool sinks = model.Has(Trait.Sinks);
        string accumulator = _graph.Input("accumulator", ElementType.F32, "T", h, dv), sum = _graph.Input("sum", ElementType.F32, "T", h, 1);
        string max = sinks ? _graph.Input("max", ElementType.F32, "T", h, 1) : "";
        if (!sessions.Domain.IsHost)
            (max, sum, accumulator) = Filled(max, sum, accumulator);

        string attended = sinks
            ? WithSinks(accumulator, max, sum, weights.Floats(prefix + "attn_sinks.weight", h))
            : _graph.Node("Div", [accumulator, sum]);
        string rows = _graph.Reshape(attended, -1, h * dv), residual = _graph.Input("residual", ElementType.F32, "T", c);

        Matrix matrix = weights.Matrix(prefix + "attn_output.weight", c, h * dv);
        float scale = model.Number(Trait.AttentionResidualScale, 1);
        TensorView bias = weights.FloatsIf(model.Has(Trait.OutputBias), prefix + "attn_output.bias", c);
        TensorView postNorm = weights.FloatsIf(model.Has(Trait.AttentionPostNorm), prefix + "post_attention_norm.weight", c);
        _graph.Output(_graph.Residual(matrix, "output", rows, bias, postNorm, build.Model.NormEpsilon, residual, scale), "result", ElementType.F32, "T", c);
        _binding = sessions.Bind(_graph);
        (_accumulator, _sum, _residual, _output) =
            (_binding.SlotOf("accumulator"), _binding.SlotOf("sum"), _binding.SlotOf("residual"), _binding.SlotOf("result"));
        _max = sinks ? _binding.SlotOf("max") : -1;
    }

    /// <summary>Adds to the output.</summary>
    /// <param name="state">A complete state without empty entries.</param>
    /// <param name="output">F32 [T, C].</param>
    public void Run(in AttentionState state, in TensorView output)
    {
        int rows = output.Shape[0];
        _binding.Set(_accumulator, state.Accumulator);
        _binding.Set(_sum, state.Sum.Address, rows, _shape.QueryHeads, 1);
        if (_max >= 0)
            _binding.Set(_max, state.Max.Address, rows, _shape.QueryHeads, 1);

        _binding.Set(_residual, output);
        _binding.Set(_output, output);
        _binding.Run();
    }

    // Rows that saw no key attend to nothing: their maximum and accumulator may hold NaN. On the host, where this is rare,
    // it is handled before the graph.
    private (string Max, string Sum, string Accumulator) Filled(string max, string sum, string accumulator)
    {
        string zero = _graph.Scalar(0), empty = _graph.Node("Equal", [sum, zero]);
        return (
            max.Length == 0 ? max : _graph.Node("Where", [empty, _graph.Scalar(FoldMask.Hidden), max]),
            _graph.Node("Where", [empty, _graph.Scalar(1), sum]),
            _graph.Node("Where", [empty, zero, accumulator]));
    }

    // accumulator e^(max - top) / (sum e^(max - top) + e^(sink - top)), top = max(max, sink)
    private string WithSinks(string accumulator, string max, string sum, in TensorView sinks)
    {
        string sink = _graph.Reshape(_graph.Weight("sinks", sinks), _shape.QueryHeads, 1), top = _graph.Node("Max", [max, sink]);
        string keep = _graph.Node("Exp", [_graph.Node("Sub", [max, top])]), extra = _graph.Node("Exp", [_graph.Node("Sub", [sink, top])]);
        string whole = _graph.Node("Add", [_graph.Node("Mul", [sum, keep]), extra]);
        return _graph.Node("Mul", [accumulator, _graph.Node("Div", [keep, whole])]);
    }
}
