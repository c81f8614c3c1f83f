using Backend.Onnx.Graphs;
using Backend.Onnx.Native;
using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Backend.Onnx.Router;

/// <summary>The graph of one layer's router.</summary>
internal sealed class RouterLayer
{
    private readonly Binding _binding;
    private readonly TensorView _offsets;
    private readonly int _hidden, _experts, _weights, _used;

    public RouterLayer(IBuildContext build, Sessions sessions, WeightReader weights, TensorView offsets, int layer, int used)
    {
        LayerDescription model = build.Model.Layers[layer];
        (int e, int c, string prefix) = (model.Experts, build.Model.HiddenWidth, $"blk.{layer}.");
        (_used, _offsets) = (used, offsets);
        Graph graph = new();
        string hidden = graph.Input("hidden", ElementType.F32, "T", c);
        string normed = graph.RmsNorm(hidden, "norm", weights.Floats(prefix + "ffn_norm.weight", c), build.Model.NormEpsilon);
        Matrix gate = weights.Matrix(prefix + "ffn_gate_inp.weight", e, c);
        string scores = gate.Product(graph, "gate", normed, weights.FloatsIf(model.Has(Trait.GateBias), prefix + "ffn_gate_inp.bias", e));
        string probabilities = graph.Node("Softmax", [scores], Graphs.Attribute.Int("axis", -1));
        string[] best = graph.Nodes("TopK", "", 2, [probabilities, graph.Indices(used)], Graphs.Attribute.Int("axis", -1));
        string chosen = graph.Node("Cast", [best[1]], Graphs.Attribute.Int("to", (long)DataType.Int32));
        string multipliers = model.Has(Trait.Renormalise)
            ? graph.Node("Div", [best[0], graph.Node("ReduceSum", [best[0], graph.Indices(-1)], Graphs.Attribute.Int("keepdims", 1))])
            : best[0];
        graph.Output(chosen, "experts", ElementType.I32, "T", used);
        graph.Output(multipliers, "weights", ElementType.F32, "T", used);
        _binding = sessions.Bind(graph);
        (_hidden, _experts, _weights) = (_binding.SlotOf("hidden"), _binding.SlotOf("experts"), _binding.SlotOf("weights"));
    }

    /// <summary>Fills the plan: every row has K experts, so its offset is known.</summary>
    public void Route(in TensorView hidden, in RoutingPlan plan)
    {
        int rows = hidden.Shape[0];
        _binding.Set(_hidden, hidden);
        _binding.Set(_experts, plan.Experts.Address, rows, _used);
        _binding.Set(_weights, plan.Weights.Address, rows, _used);
        _binding.Run();
        _offsets.Domain.Copy(_offsets.Rows(0, rows + 1), plan.Offsets);
    }
}
