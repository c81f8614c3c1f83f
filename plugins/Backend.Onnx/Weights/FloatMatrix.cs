using Backend.Onnx.Graphs;
using Spud;

namespace Backend.Onnx.Weights;

/// <summary>F32, stored [K, N]; ONNX Runtime reads it in place.</summary>
internal sealed class FloatMatrix : Matrix
{
    /// <summary>[K, N].</summary>
    public required TensorView Transposed { get; init; }

    public override string Product(Graph graph, string name, string x, in TensorView bias = default)
    {
        string product = graph.Node("MatMul", [x, graph.Weight(name, Transposed)]);
        return bias.IsPresent ? graph.Node("Add", [product, graph.Weight(name + ".bias", bias)]) : product;
    }

    public override string AddedTo(Graph graph, string name, string x, string residual, float factor) =>
        graph.Node("Gemm", [x, graph.Weight(name, Transposed), residual], Graphs.Attribute.Float("alpha", factor));
}
