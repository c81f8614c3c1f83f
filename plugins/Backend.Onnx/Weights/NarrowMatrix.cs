using Backend.Onnx.Graphs;
using Spud;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Backend.Onnx.Weights;

/// <summary>
/// F16 or BF16, [N, K], where it lies. The processor provider multiplies in f32 alone, so a graph widens a piece of the matrix, small enough
/// to stay in the cache until it is multiplied with, and then the next one.
/// </summary>
internal sealed class NarrowMatrix : Matrix
{
    // 4 MiB once widened: as many as a second-level cache or two hold; a node costs a few microseconds.
    private const int ElementsOfPiece = 1 << 20;

    /// <summary>F16 or BF16 [N, K].</summary>
    public required TensorView Values { get; init; }

    /// <summary>Bytes of the largest piece, widened.</summary>
    public long WidenedBytes => (long)Math.Min(RowsOfPiece, Outputs) * Inputs * sizeof(float);

    private int RowsOfPiece => Math.Max(1, ElementsOfPiece / Inputs);

    public override string Product(Graph graph, string name, string x, in TensorView bias = default)
    {
        string[] pieces = Pieces(graph, name);
        for (int i = 0; i < pieces.Length; i++)
            pieces[i] = Multiplied(graph, x, pieces[i]);

        string product = pieces.Length == 1 ? pieces[0] : graph.Node("Concat", pieces, Graphs.Attribute.Int("axis", -1));
        return bias.IsPresent ? graph.Node("Add", [product, graph.Weight(name + ".bias", bias)]) : product;
    }

    public override string AddedTo(Graph graph, string name, string x, string residual, float factor) => Outputs <= RowsOfPiece
        ? graph.Node("Gemm", [x, Widened(graph, graph.Weight(name, Values)), residual], Graphs.Attribute.Int("transB", 1), Graphs.Attribute.Float("alpha", factor))
        : graph.Node("Add", [residual, graph.Scaled(Product(graph, name, x), factor)]);

    /// <summary>x Wᵀ for a value W [N, K] of half the width.</summary>
    public static string Multiplied(Graph graph, string x, string narrow) =>
        graph.MicrosoftNode("FusedMatMul", [x, Widened(graph, narrow)], Graphs.Attribute.Int("transB", 1));

    private static string Widened(Graph graph, string narrow) => graph.Node("Cast", [narrow], Graphs.Attribute.Int("to", (long)DataType.Float));

    private string[] Pieces(Graph graph, string name)
    {
        List<string> pieces = [];
        for (int row = 0; row < Outputs; row += RowsOfPiece)
            pieces.Add(graph.Weight(row == 0 ? name : $"{name}.{row}", Values.Rows(row, Math.Min(RowsOfPiece, Outputs - row))));

        return [.. pieces];
    }
}
