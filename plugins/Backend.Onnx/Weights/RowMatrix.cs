using Backend.Onnx.Graphs;
using Spud;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Backend.Onnx.Weights;

/// <summary>
/// F32, F16 or BF16, [N, K], in place. Products compute in f32 (the CPU provider supports nothing else), so a graph widens a part of the
/// matrix, small enough to stay in the CPU cache until it is multiplied, and then the next one.
/// </summary>
internal sealed class RowMatrix : Matrix
{
    // 4 MiB once widened: what one or two second-level caches hold; a node costs a few microseconds.
    private const int ElementsOfPiece = 1 << 20;

    /// <summary>[N, K].</summary>
    public required TensorView Values { get; init; }

    /// <summary>Bytes of the largest part, widened.</summary>
    public long WidenedBytes => Values.Type == ElementType.F32 ? 0 : (long)Math.Min(RowsOfPiece, Outputs) * Inputs * sizeof(float);

    private int RowsOfPiece => Values.Domain.IsHost ? Math.Max(1, ElementsOfPiece / Inputs) : Outputs;

    public override string Product(Graph graph, string name, string x, in TensorView bias = default)
    {
        string[] pieces = Pieces(graph, name);
        for (int i = 0; i < pieces.Length; i++)
            pieces[i] = Multiplied(graph, x, pieces[i], Values.Type);

        string product = pieces.Length == 1 ? pieces[0] : graph.Node("Concat", pieces, Graphs.Attribute.Int("axis", -1));
        return bias.IsPresent ? graph.Node("Add", [product, graph.Weight(name + ".bias", bias)]) : product;
    }

    public override string AddedTo(Graph graph, string name, string x, string residual, float factor) => Outputs <= RowsOfPiece
        ? graph.Node("Gemm", [x, Widened(graph, graph.Weight(name, Values), Values.Type), residual], Graphs.Attribute.Int("transB", 1), Graphs.Attribute.Float("alpha", factor))
        : graph.Node("Add", [residual, graph.Scaled(Product(graph, name, x), factor)]);

    /// <summary>x Wᵀ for a value W [N, K] of a type.</summary>
    public static string Multiplied(Graph graph, string x, string value, ElementType type) =>
        graph.MicrosoftNode("FusedMatMul", [x, Widened(graph, value, type)], Graphs.Attribute.Int("transB", 1));

    /// <summary>A value of a type, in F32.</summary>
    public static string Widened(Graph graph, string value, ElementType type) =>
        type == ElementType.F32 ? value : graph.Node("Cast", [value], Graphs.Attribute.Int("to", (long)DataType.Float));

    private string[] Pieces(Graph graph, string name)
    {
        List<string> pieces = [];
        for (int row = 0; row < Outputs; row += RowsOfPiece)
            pieces.Add(graph.Weight(row == 0 ? name : $"{name}.{row}", Values.Rows(row, Math.Min(RowsOfPiece, Outputs - row))));

        return [.. pieces];
    }
}
