using Backend.Onnx.Graphs;
using Backend.Onnx.Native;
using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Backend.Onnx.Experts;

/// <summary>
/// Norm and one routed expert for a number of a step's rows, added to the sum of all experts in a single graph: on a device, rows are
/// gathered and scattered there. The sum is input and output; elements that are not written are kept.
/// </summary>
internal sealed class ExpertRowsGraph
{
    private readonly RoutedWeights _weights;
    private readonly Binding _binding;
    private readonly int _input, _rows, _multipliers, _delta, _result;
    private readonly int[] _slots;

    public ExpertRowsGraph(IBuildContext build, Sessions sessions, LayerDescription model, RoutedWeights weights, in TensorView norm)
    {
        (_weights, int c, int f) = (weights, build.Model.HiddenWidth, model.ExpertWidth);
        Graph graph = new();
        string input = graph.Input("input", ElementType.F32, "T", c), rows = graph.Input("rows", ElementType.I32, "n");
        string multipliers = graph.Input("multipliers", ElementType.F32, "n", 1), delta = graph.Input("delta", ElementType.F32, "T", c);
        string normed = graph.RmsNorm(graph.Node("Gather", [input, rows]), "norm", norm, build.Model.NormEpsilon);
        bool bias = weights.GateBias.IsPresent;
        ElementType type = weights.Gate.Type;
        string made = Product(graph, graph.Activate(model, Product(graph, normed, "gate", type, c, f, bias), Product(graph, normed, "up", type, c, f, bias)), "down", type, f, c, bias);
        string sum = graph.Node("Add", [graph.Node("Gather", [delta, rows]), graph.Node("Mul", [made, multipliers])]);
        string places = graph.Reshape(graph.Node("Cast", [rows], Graphs.Attribute.Int("to", (long)DataType.Int64)), -1, 1);
        graph.Output(graph.Node("ScatterND", [delta, places, sum]), "result", ElementType.F32, "T", c);
        _binding = sessions.Bind(graph);
        (_input, _rows, _multipliers, _delta, _result) =
            (_binding.SlotOf("input"), _binding.SlotOf("rows"), _binding.SlotOf("multipliers"), _binding.SlotOf("delta"), _binding.SlotOf("result"));
        string[] names = bias ? ["gate", "up", "down", "gate.bias", "up.bias", "down.bias"] : ["gate", "up", "down"];
        _slots = [.. names.Select(_binding.SlotOf)];
    }

    /// <summary>Adds the output of an expert for rows.</summary>
    /// <param name="expert">Index of the expert, below E.</param>
    /// <param name="input">F32 [T, C].</param>
    /// <param name="rows">I32 [n], without duplicates.</param>
    /// <param name="multipliers">F32 [n].</param>
    /// <param name="delta">F32 [T, C].</param>
    public void Run(int expert, in TensorView input, in TensorView rows, in TensorView multipliers, in TensorView delta)
    {
        _binding.Set(_input, input);
        _binding.Set(_rows, rows);
        _binding.Set(_multipliers, multipliers.Address, multipliers.Shape[0], 1);
        _binding.Set(_delta, delta);
        _binding.Set(_result, delta);
        _binding.Set(_slots[0], _weights.Gate.At(expert));
        _binding.Set(_slots[1], _weights.Up.At(expert));
        _binding.Set(_slots[2], _weights.Down.At(expert));
        if (_slots.Length > 3)
        {
            _binding.Set(_slots[3], _weights.GateBias.At(expert));
            _binding.Set(_slots[4], _weights.UpBias.At(expert));
            _binding.Set(_slots[5], _weights.DownBias.At(expert));
        }

        _binding.Run();
    }

    private static string Product(Graph graph, string x, string name, ElementType type, int inputs, int outputs, bool bias)
    {
        string product = RowMatrix.Multiplied(graph, x, graph.Input(name, type, outputs, inputs), type);
        return bias ? graph.Node("Add", [product, graph.Input(name + ".bias", ElementType.F32, outputs)]) : product;
    }
}
