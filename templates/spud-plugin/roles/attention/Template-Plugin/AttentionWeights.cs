using Spud;

namespace TemplateSpace;

/// <summary>A layer's weights, expanded to f32 whatever the file holds.</summary>
internal sealed class AttentionWeights
{
    public AttentionWeights(IBuildContext build, int layer)
    {
        LayerDescription of = build.Model.Layers[layer];
        (int c, int q, int k, int v) = (build.Model.HiddenWidth, of.QueryHeads * of.Kv.KeyWidth, of.Kv.Heads * of.Kv.KeyWidth, of.Kv.Heads * of.Kv.ValueWidth);
        Norm = Take(build, $"blk.{layer}.attn_norm.weight", c);
        Query = Take(build, $"blk.{layer}.attn_q.weight", q, c);
        Key = Take(build, $"blk.{layer}.attn_k.weight", k, c);
        Value = Take(build, $"blk.{layer}.attn_v.weight", v, c);
        Output = Take(build, $"blk.{layer}.attn_output.weight", c, of.QueryHeads * of.Kv.ValueWidth);
    }

    /// <summary>[C].</summary>
    public TensorView Norm { get; }

    /// <summary>[H * D, C].</summary>
    public TensorView Query { get; }

    /// <summary>[G * D, C].</summary>
    public TensorView Key { get; }

    /// <summary>[G * Dv, C].</summary>
    public TensorView Value { get; }

    /// <summary>[C, H * Dv].</summary>
    public TensorView Output { get; }

    private static TensorView Take(IBuildContext build, string name, params ReadOnlySpan<int> shape)
    {
        TensorView weight = build.Weights.Take(name, shape), floats = build.Allocate(build.Host, ElementType.F32, shape);
        build.Host.Copy(weight, floats);
        build.Weights.Release(weight); // the mapped pages may leave memory: there is a copy now
        return floats;
    }
}
