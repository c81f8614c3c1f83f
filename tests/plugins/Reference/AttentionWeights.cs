using Spud;

namespace Reference;

/// <summary>Weights of one layer's attention.</summary>
internal sealed class AttentionWeights
{
    public AttentionWeights(IBuildContext build, IMemoryDomain domain, int layer)
    {
        LayerDescription of = build.Model.Layers[layer];
        int c = build.Model.HiddenWidth, q = of.QueryHeads * of.Kv.KeyWidth, k = of.Kv.Heads * of.Kv.KeyWidth, v = of.Kv.Heads * of.Kv.ValueWidth;
        string prefix = $"blk.{layer}.";
        bool bias = of.Has(Trait.ProjectionBias), headNorm = of.Has(Trait.HeadNorm), norm = headNorm || of.Has(Trait.FullNorm);
        Norm = build.Take(domain, prefix + "attn_norm.weight", c);
        Query = build.Take(domain, prefix + "attn_q.weight", q, c);
        Key = build.Take(domain, prefix + "attn_k.weight", k, c);
        Value = build.Take(domain, prefix + "attn_v.weight", v, c);
        QueryBias = build.TakeIf(bias, domain, prefix + "attn_q.bias", q);
        KeyBias = build.TakeIf(bias, domain, prefix + "attn_k.bias", k);
        ValueBias = build.TakeIf(bias, domain, prefix + "attn_v.bias", v);
        QueryNorm = build.TakeIf(norm, domain, prefix + "attn_q_norm.weight", headNorm ? of.Kv.KeyWidth : q);
        KeyNorm = build.TakeIf(norm, domain, prefix + "attn_k_norm.weight", headNorm ? of.Kv.KeyWidth : k);
        Output = build.Take(domain, prefix + "attn_output.weight", c, of.QueryHeads * of.Kv.ValueWidth);
        OutputBias = build.TakeIf(of.Has(Trait.OutputBias), domain, prefix + "attn_output.bias", c);
        Sinks = build.TakeIf(of.Has(Trait.Sinks), domain, prefix + "attn_sinks.weight", of.QueryHeads);
        PostNorm = build.TakeIf(of.Has(Trait.AttentionPostNorm), domain, prefix + "post_attention_norm.weight", c);
    }

    /// <summary>[C].</summary>
    public TensorView Norm { get; }

    /// <summary>[H * D, C].</summary>
    public TensorView Query { get; }

    /// <summary>[G * D, C].</summary>
    public TensorView Key { get; }

    /// <summary>[G * Dv, C].</summary>
    public TensorView Value { get; }

    /// <summary>[H * D], or absent.</summary>
    public TensorView QueryBias { get; }

    /// <summary>[G * D], or absent.</summary>
    public TensorView KeyBias { get; }

    /// <summary>[G * Dv], or absent.</summary>
    public TensorView ValueBias { get; }

    /// <summary>[D] or [H * D], or absent.</summary>
    public TensorView QueryNorm { get; }

    /// <summary>[D] or [G * D], or absent.</summary>
    public TensorView KeyNorm { get; }

    /// <summary>[C, H * Dv].</summary>
    public TensorView Output { get; }

    /// <summary>[C], or absent.</summary>
    public TensorView OutputBias { get; }

    /// <summary>[H], or absent.</summary>
    public TensorView Sinks { get; }

    /// <summary>[C], or absent.</summary>
    public TensorView PostNorm { get; }
}
