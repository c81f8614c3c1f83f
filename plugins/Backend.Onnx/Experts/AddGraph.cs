using Backend.Onnx.Graphs;
using Backend.Onnx.Native;
using Backend.Onnx.Shared;
using Spud;

namespace Backend.Onnx.Experts;

/// <summary>residual + factor * norm(delta); the norm may be absent.</summary>
internal sealed class AddGraph
{
    private readonly Binding _binding;
    private readonly int _delta, _residual, _output;

    public AddGraph(IBuildContext build, Sessions sessions, in TensorView norm, float factor)
    {
        int c = build.Model.HiddenWidth;
        Graph graph = new();
        string delta = graph.Input("delta", ElementType.F32, "T", c), normed = norm.IsPresent ? graph.RmsNorm(delta, "norm", norm, build.Model.NormEpsilon) : delta;
        graph.Output(graph.Node("Add", [graph.Input("residual", ElementType.F32, "T", c), graph.Scaled(normed, factor)]), "result", ElementType.F32, "T", c);
        _binding = sessions.Bind(graph);
        (_delta, _residual, _output) = (_binding.SlotOf("delta"), _binding.SlotOf("residual"), _binding.SlotOf("result"));
    }

    /// <summary>Adds to the output.</summary>
    /// <param name="delta">F32 [T, C].</param>
    /// <param name="output">F32 [T, C].</param>
    public void Run(in TensorView delta, in TensorView output)
    {
        _binding.Set(_delta, delta);
        _binding.Set(_residual, output);
        _binding.Set(_output, output);
        _binding.Run();
    }
}
