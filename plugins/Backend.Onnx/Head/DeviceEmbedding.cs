using Backend.Onnx.Graphs;
using Backend.Onnx.Native;
using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Head;

/// <summary>Embeddings on a device: rows of a matrix there, selected by token ids that are also on the device.</summary>
internal sealed class DeviceEmbedding
{
    private readonly Binding _binding;
    private readonly int _ids, _hidden;

    public DeviceEmbedding(Sessions sessions, RowMatrix table, float scale)
    {
        Graph graph = new();
        string rows = graph.Node("Gather", [graph.Weight("table", table.Values), graph.Input("ids", ElementType.I32, "T")]);
        string wide = RowMatrix.Widened(graph, rows, table.Values.Type);
        graph.Output(graph.Scaled(wide, scale), "hidden", ElementType.F32, "T", table.Inputs);
        _binding = sessions.Bind(graph);
        (_ids, _hidden) = (_binding.SlotOf("ids"), _binding.SlotOf("hidden"));
    }

    /// <summary>Writes the embeddings of I32 [T] to F32 [T, C].</summary>
    public void Run(in TensorView ids, in TensorView hidden)
    {
        _binding.Set(_ids, ids);
        _binding.Set(_hidden, hidden);
        _binding.Run();
    }
}
