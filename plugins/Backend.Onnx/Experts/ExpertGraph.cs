using Backend.Onnx.Graphs;
using Backend.Onnx.Native;
using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Experts;

/// <summary>Norm and one routed expert for some rows; the expert's weights are bound for each run, so that all experts share one session.</summary>
internal sealed class ExpertGraph
{
    private readonly RoutedWeights _weights;
    private readonly Binding _binding;
    private readonly int _input, _output, _gate, _up, _down, _gateBias, _upBias, _downBias;

    public ExpertGraph(IBuildContext build, Sessions sessions, LayerDescription model, RoutedWeights weights, in TensorView norm)
    {
        (_weights, int c, int f) = (weights, build.Model.HiddenWidth, model.ExpertWidth);
        Graph graph = new();
        string normed = graph.RmsNorm(graph.Input("input", ElementType.F32, "n", c), "norm", norm, build.Model.NormEpsilon);
        bool bias = weights.GateBias.IsPresent;
        ElementType type = weights.Gate.Type;
        string gate = Product(graph, normed, "gate", type, c, f, bias), up = Product(graph, normed, "up", type, c, f, bias);
        graph.Output(Product(graph, graph.Activate(model, gate, up), "down", type, f, c, bias), "result", ElementType.F32, "n", c);
        _binding = sessions.Bind(graph);
        (_input, _output) = (_binding.SlotOf("input"), _binding.SlotOf("result"));
        (_gate, _up, _down) = (_binding.SlotOf("gate"), _binding.SlotOf("up"), _binding.SlotOf("down"));
        if (bias)
            (_gateBias, _upBias, _downBias) = (_binding.SlotOf("gate.bias"), _binding.SlotOf("up.bias"), _binding.SlotOf("down.bias"));
    }

    /// <summary>Computes the output of an expert for rows.</summary>
    /// <param name="expert">Index of the expert, below E.</param>
    /// <param name="input">F32 [n, C].</param>
    /// <param name="output">F32 [n, C], written.</param>
    public void Run(int expert, in TensorView input, in TensorView output)
    {
        _binding.Set(_input, input);
        _binding.Set(_output, output);
        _binding.Set(_gate, _weights.Gate.At(expert));
        _binding.Set(_up, _weights.Up.At(expert));
        _binding.Set(_down, _weights.Down.At(expert));
        if (_weights.GateBias.IsPresent)
        {
            _binding.Set(_gateBias, _weights.GateBias.At(expert));
            _binding.Set(_upBias, _weights.UpBias.At(expert));
            _binding.Set(_downBias, _weights.DownBias.At(expert));
        }

        _binding.Run();
    }

    private static string Product(Graph graph, string x, string name, ElementType type, int inputs, int outputs, bool bias)
    {
        string product = type == ElementType.F32
            ? graph.Node("MatMul", [x, graph.Input(name, type, inputs, outputs)])
            : RowMatrix.Multiplied(graph, x, graph.Input(name, type, outputs, inputs), type);
        return bias ? graph.Node("Add", [product, graph.Input(name + ".bias", ElementType.F32, outputs)]) : product;
    }
}
