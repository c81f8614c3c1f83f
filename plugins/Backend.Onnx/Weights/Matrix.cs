using Backend.Onnx.Graphs;
using Spud;

namespace Backend.Onnx.Weights;

/// <summary>A weight matrix [N, K], in a layout that ONNX Runtime computes with.</summary>
internal abstract class Matrix
{
    /// <summary>N.</summary>
    public required int Outputs { get; init; }

    /// <summary>K.</summary>
    public required int Inputs { get; init; }

    /// <summary>y = x Wᵀ + bias.</summary>
    /// <param name="graph">The graph to add nodes to.</param>
    /// <param name="name">Name of the weight in the graph.</param>
    /// <param name="x">[.., K].</param>
    /// <param name="bias">F32 [N], or absent.</param>
    public abstract string Product(Graph graph, string name, string x, in TensorView bias = default);

    /// <summary>residual + factor * (x Wᵀ).</summary>
    /// <param name="graph">The graph to add nodes to.</param>
    /// <param name="name">Name of the weight in the graph.</param>
    /// <param name="x">[R, K].</param>
    /// <param name="residual">[R, N].</param>
    /// <param name="factor">A constant factor.</param>
    public abstract string AddedTo(Graph graph, string name, string x, string residual, float factor);
}
