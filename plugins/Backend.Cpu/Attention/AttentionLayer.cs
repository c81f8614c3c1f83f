using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Attention;

/// <summary>Weights and parameters of one layer's attention.</summary>
internal sealed class AttentionLayer
{
    public AttentionLayer(IBuildContext build, Packing packing, int layer, RopeTable? rope)
    {
        LayerDescription model = build.Model.Layers[layer];
        (int c, string prefix) = (build.Model.HiddenWidth, $"blk.{layer}.");
        (QueryHeads, KvHeads, KeyWidth, ValueWidth) = (model.QueryHeads, model.Kv.Heads, model.Kv.KeyWidth, model.Kv.ValueWidth);
        (Rope, ScoreScale) = (rope, model.Number(Trait.ScoreScale, 1 / MathF.Sqrt(KeyWidth)));
        ResidualScale = model.Number(Trait.AttentionResidualScale, 1);
        Window = model.Has(Trait.Window) ? (int)model.Number(Trait.Window, 0) : int.MaxValue;
        HeadNorm = model.Has(Trait.HeadNorm);
        (int q, int k, int v) = (QueryHeads * KeyWidth, KvHeads * KeyWidth, KvHeads * ValueWidth);

        Norm = build.TakeFloats(prefix + "attn_norm.weight", c);
        Query = Linear.Take(build, packing, prefix + "attn_q.weight", q, c);
        Key = Linear.Take(build, packing, prefix + "attn_k.weight", k, c);
        Value = Linear.Take(build, packing, prefix + "attn_v.weight", v, c);
        bool bias = model.Has(Trait.ProjectionBias), fullNorm = model.Has(Trait.FullNorm);
        QueryBias = build.TakeFloatsIf(bias, prefix + "attn_q.bias", q);
        KeyBias = build.TakeFloatsIf(bias, prefix + "attn_k.bias", k);
        ValueBias = build.TakeFloatsIf(bias, prefix + "attn_v.bias", v);
        QueryNorm = build.TakeFloatsIf(HeadNorm || fullNorm, prefix + "attn_q_norm.weight", HeadNorm ? KeyWidth : q);
        KeyNorm = build.TakeFloatsIf(HeadNorm || fullNorm, prefix + "attn_k_norm.weight", HeadNorm ? KeyWidth : k);

        Output = Linear.Take(build, packing, prefix + "attn_output.weight", c, QueryHeads * ValueWidth);
        OutputBias = build.TakeFloatsIf(model.Has(Trait.OutputBias), prefix + "attn_output.bias", c);
        Sinks = build.TakeFloatsIf(model.Has(Trait.Sinks), prefix + "attn_sinks.weight", QueryHeads);
        PostNorm = build.TakeFloatsIf(model.Has(Trait.AttentionPostNorm), prefix + "post_attention_norm.weight", c);
    }

    /// <summary>H.</summary>
    public int QueryHeads { get; }

    /// <summary>G.</summary>
    public int KvHeads { get; }

    /// <summary>D.</summary>
    public int KeyWidth { get; }

    /// <summary>Dv.</summary>
    public int ValueWidth { get; }

    /// <summary>Query heads that share a KV head.</summary>
    public int Group => QueryHeads / KvHeads;

    /// <summary>RoPE angles; null if there is no RoPE.</summary>
    public RopeTable? Rope { get; }

    /// <summary>Scale applied to q.</summary>
    public float ScoreScale { get; }

    /// <summary>Scale applied to the layer's output before it is added to the residual stream.</summary>
    public float ResidualScale { get; }

    /// <summary>Keys that a row sees, including its own.</summary>
    public int Window { get; }

    /// <summary>Whether the norms of q and k are per head; if not, over all heads.</summary>
    public bool HeadNorm { get; }

    /// <summary>F32 [C].</summary>
    public TensorView Norm { get; }

    /// <summary>[H * D, C].</summary>
    public Linear Query { get; }

    /// <summary>[G * D, C].</summary>
    public Linear Key { get; }

    /// <summary>[G * Dv, C].</summary>
    public Linear Value { get; }

    /// <summary>F32 [H * D], or absent.</summary>
    public TensorView QueryBias { get; }

    /// <summary>F32 [G * D], or absent.</summary>
    public TensorView KeyBias { get; }

    /// <summary>F32 [G * Dv], or absent.</summary>
    public TensorView ValueBias { get; }

    /// <summary>F32 [D] or [H * D], or absent.</summary>
    public TensorView QueryNorm { get; }

    /// <summary>F32 [D] or [G * D], or absent.</summary>
    public TensorView KeyNorm { get; }

    /// <summary>Tiles of the query, key and value matrices.</summary>
    public int ProjectTiles => Query.Tiles + Key.Tiles + Value.Tiles;

    /// <summary>Whether a product of Project reads rounded rows.</summary>
    public bool ProjectsRounded => Query.ReadsRounded || Key.ReadsRounded || Value.ReadsRounded;

    /// <summary>[C, H * Dv].</summary>
    public Linear Output { get; }

    /// <summary>F32 [C], or absent.</summary>
    public TensorView OutputBias { get; }

    /// <summary>F32 [H], or absent.</summary>
    public TensorView Sinks { get; }

    /// <summary>F32 [C], or absent.</summary>
    public TensorView PostNorm { get; }

    /// <exception cref="ArgumentException">The state has a different shape.</exception>
    public void Require(in Step step, in AttentionState state)
    {
        Shape.Require(state.Max, [step.Rows, QueryHeads], "max", "[T, H]");
        Shape.Require(state.Sum, [step.Rows, QueryHeads], "sum", "[T, H]");
        Shape.Require(state.Accumulator, [step.Rows, QueryHeads, ValueWidth], "accumulator", "[T, H, Dv]");
    }
}
