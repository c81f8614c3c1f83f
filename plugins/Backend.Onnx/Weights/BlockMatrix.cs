using Backend.Onnx.Graphs;
using Spud;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Backend.Onnx.Weights;

/// <summary>Blocks with one scale each, for MatMulNBits; ONNX Runtime packs them into its own memory.</summary>
internal sealed class BlockMatrix : Matrix
{
    private const int ExactLevel = 0, RoundedLevel = 4;

    /// <summary>Elements per block and bits per code.</summary>
    public required BlockMapping Mapping { get; init; }

    /// <summary>Precision of the activations in products.</summary>
    public required ActivationPrecision Activations { get; init; }

    /// <summary>[N, K / block, block * bits / 8].</summary>
    public required byte[] Codes { get; init; }

    /// <summary>[N, K / block].</summary>
    public required float[] Scales { get; init; }

    public override string Product(Graph graph, string name, string x, in TensorView bias = default)
    {
        int blocks = Inputs / Mapping.Elements;
        string codes = graph.Initialiser(name, DataType.Uint8, [Outputs, blocks, Mapping.Elements * Mapping.Bits / 8], Codes);
        string scales = graph.Initialiser(name + ".scales", DataType.Float, [Outputs, blocks], Kernels.Bytes.Of(Scales).ToArray());
        string product = graph.MicrosoftNode(
            "MatMulNBits", [x, codes, scales],
            Graphs.Attribute.Int("K", Inputs), Graphs.Attribute.Int("N", Outputs), Graphs.Attribute.Int("bits", Mapping.Bits),
            Graphs.Attribute.Int("block_size", Mapping.Elements),
            Graphs.Attribute.Int("accuracy_level", Activations == ActivationPrecision.Q8 ? RoundedLevel : ExactLevel));
        return bias.IsPresent ? graph.Node("Add", [product, graph.Weight(name + ".bias", bias)]) : product;
    }

    public override string AddedTo(Graph graph, string name, string x, string residual, float factor) =>
        graph.Node("Add", [residual, graph.Scaled(Product(graph, name, x), factor)]);
}
