using Backend.Onnx.Graphs;
using Backend.Onnx.Shared;
using Spud;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Backend.Onnx.Native;

/// <summary>A graph that writes rows to positions in a pool, which is both input and output: rows that are not written are kept.</summary>
/// <param name="binding">A binding of <see cref="Make"/>.</param>
/// <param name="memory">Memory of the device.</param>
internal sealed class AppendGraph(Binding binding, nint memory)
{
    private readonly int _pool = binding.SlotOf("pool"), _written = binding.SlotOf("written"), _rows = binding.SlotOf("rows"), _places = binding.SlotOf("places");

    /// <summary>Creates the graph for a pool of a type; rows are F32, or I8 if the pool is I8.</summary>
    public static Graph Make(ElementType type)
    {
        Graph graph = new();
        string pool = graph.Input("pool", type, "m", "d"), places = graph.Input("places", ElementType.I64, "n", 1);
        string rows = graph.Input("rows", type == ElementType.I8 ? type : ElementType.F32, "n", "d");
        if (type is ElementType.F16 or ElementType.BF16)
            rows = graph.Node("Cast", [rows], Graphs.Attribute.Int("to", (long)(DataType)OnnxTypes.Of(type)));
        graph.Output(graph.Node("ScatterND", [pool, places, rows]), "written", type, "m", "d");
        return graph;
    }

    /// <summary>Writes rows [n, d] to I64 positions [n], on the host, of a pool [m, d].</summary>
    public void Run(nint rowMemory, nint rows, nint places, nint pool, int n, int m, int d)
    {
        binding.SetAnew(_rows, rowMemory, rows, n, d);
        binding.SetAnew(_places, OnnxSession.HostMemory, places, n, 1);
        binding.SetAnew(_pool, memory, pool, m, d);
        binding.SetAnew(_written, memory, pool, m, d);
        binding.Run();
    }
}
