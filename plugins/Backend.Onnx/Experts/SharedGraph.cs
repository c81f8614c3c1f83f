using Backend.Onnx.Graphs;
using Backend.Onnx.Native;
using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Experts;

/// <summary>Norm and the shared expert, times the sigmoid of its gate if it has one.</summary>
internal sealed class SharedGraph
{
    private readonly Binding _binding;
    private readonly int _input, _output;

    public SharedGraph(IBuildContext build, Sessions sessions, WeightReader weights, LayerDescription model, string prefix, in TensorView norm)
    {
        int c = build.Model.HiddenWidth;
        Graph graph = new();
        string normed = graph.RmsNorm(graph.Input("input", ElementType.F32, "T", c), "norm", norm, build.Model.NormEpsilon);
        GatedBlock block = GatedBlock.TakeShared(weights, prefix, (int)model.Number(Trait.SharedExpert, 0), c);
        string result = block.Down.Product(graph, "down", block.Inner(graph, model, normed));
        if (model.Has(Trait.SharedGate))
        {
            TensorView gate = weights.Floats(prefix + "ffn_gate_inp_shexp.weight", c);
            string column = graph.Weight("shared.gate", new TensorView(gate.Domain, gate.Address, gate.Type, c, 1));
            result = graph.Node("Mul", [result, graph.Node("Sigmoid", [graph.Node("MatMul", [normed, column])])]);
        }

        graph.Output(result, "result", ElementType.F32, "T", c);
        _binding = sessions.Bind(graph);
        (_input, _output) = (_binding.SlotOf("input"), _binding.SlotOf("result"));
    }

    /// <summary>Computes the shared expert for a step.</summary>
    /// <param name="input">F32 [T, C].</param>
    /// <param name="output">F32 [T, C], written.</param>
    public void Run(in TensorView input, in TensorView output)
    {
        _binding.Set(_input, input);
        _binding.Set(_output, output);
        _binding.Run();
    }
}
