using Spud;

namespace Backend.Onnx.Attention;

/// <summary>Shapes and parameters of one layer's attention.</summary>
internal sealed record Geometry(int QueryHeads, int KvHeads, int KeyWidth, int ValueWidth)
{
    public Geometry(LayerDescription layer)
        : this(layer.QueryHeads, layer.Kv.Heads, layer.Kv.KeyWidth, layer.Kv.ValueWidth)
    {
    }

    /// <summary>Query heads that share a KV head.</summary>
    public int Group => QueryHeads / KvHeads;

    /// <summary>H * D.</summary>
    public int QueryOutputs => QueryHeads * KeyWidth;

    /// <summary>G * D.</summary>
    public int KeyOutputs => KvHeads * KeyWidth;

    /// <summary>G * Dv.</summary>
    public int ValueOutputs => KvHeads * ValueWidth;
}
