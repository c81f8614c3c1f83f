using Backend.Onnx.Graphs;
using Backend.Onnx.Native;
using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Experts;

/// <summary>
/// The only expert of a dense layer, from norm to residual stream in one graph. Its result is bound over the tensor it is added to, which
/// only the last node reads.
/// </summary>
internal sealed class DenseExperts : ILayerExperts
{
    private readonly Binding _binding;
    private readonly int _input, _residual, _output;

    public DenseExperts(IBuildContext build, Sessions sessions, WeightReader weights, int layer)
    {
        LayerDescription model = build.Model.Layers[layer];
        (int c, string prefix) = (build.Model.HiddenWidth, $"blk.{layer}.");
        Graph graph = new();
        string input = graph.Input("input", ElementType.F32, "T", c), residual = graph.Input("residual", ElementType.F32, "T", c);
        string normed = graph.RmsNorm(input, "norm", weights.Floats(prefix + "ffn_norm.weight", c), build.Model.NormEpsilon);
        GatedBlock block = GatedBlock.TakeDense(weights, model, prefix, c);
        TensorView postNorm = weights.FloatsIf(model.Has(Trait.ExpertPostNorm), prefix + "post_ffw_norm.weight", c);
        string inner = block.Inner(graph, model, normed);
        string result = graph.Residual(
            block.Down, "down", inner, block.DownBias, postNorm, build.Model.NormEpsilon, residual, model.Number(Trait.ExpertResidualScale, 1));
        graph.Output(result, "result", ElementType.F32, "T", c);
        _binding = sessions.Bind(graph);
        (_input, _residual, _output) = (_binding.SlotOf("input"), _binding.SlotOf("residual"), _binding.SlotOf("result"));
    }

    public void Execute(in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        if (plan.Offsets.Domain.IsHost)
            Require(plan, input.Shape[0]);

        _binding.Set(_input, input);
        _binding.Set(_residual, output);
        _binding.Set(_output, output);
        _binding.Run();
    }

    // The host itself writes the plan of a dense layer; any other plan would be silently ignored.
    private static void Require(in RoutingPlan plan, int rows)
    {
        ReadOnlySpan<int> offsets = plan.Offsets.AsSpan<int>();
        if (offsets[rows] != rows || plan.Weights.AsSpan<float>()[..rows].ContainsAnyExcept(1f))
            throw new ArgumentException($"plan: a dense layer runs its one expert once for every row, with weight 1; the plan has {offsets[rows]} entries for {rows} rows or other weights.");
    }
}
