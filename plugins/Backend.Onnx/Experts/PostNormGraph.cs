using Backend.Onnx.Graphs;
using Backend.Onnx.Native;
using Backend.Onnx.Shared;
using Spud;

namespace Backend.Onnx.Experts;

/// <summary>residual + factor * norm(delta).</summary>
internal sealed class PostNormGraph
{
    private readonly Binding _binding;
    private readonly int _delta, _residual, _output;

    public PostNormGraph(IBuildContext build, Sessions sessions, in TensorView norm, float factor)
    {
        int c = build.Model.HiddenWidth;
        Graph graph = new();
        string normed = graph.RmsNorm(graph.Input("delta", ElementType.F32, "T", c), "norm", norm, build.Model.NormEpsilon);
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
