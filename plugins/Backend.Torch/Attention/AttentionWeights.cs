using Backend.Torch.Native;
using Backend.Torch.Shared;
using Spud;

namespace Backend.Torch.Attention;

/// <summary>Takes the weights of layer after layer; layers with one rotary embedding share its table.</summary>
internal sealed class AttentionWeights(IBuildContext build, WeightLoader weights)
{
    private readonly List<RopeTable> _tables = [];

    public NativeAttentionConfig Take(int layer)
    {
        LayerDescription model = build.Model.Layers[layer];
        (int c, string prefix) = (build.Model.HiddenWidth, $"blk.{layer}.");
        (int q, int k, int v) = (model.QueryHeads * model.Kv.KeyWidth, model.Kv.Heads * model.Kv.KeyWidth, model.Kv.Heads * model.Kv.ValueWidth);
        NativeAttentionConfig config = Numbers(model);
        config.Norm = new(weights.Floats(prefix + "attn_norm.weight", c));
        config.Qkv = new(weights.Joined(c, (prefix + "attn_q.weight", q), (prefix + "attn_k.weight", k), (prefix + "attn_v.weight", v)));
        if (model.Has(Trait.ProjectionBias))
            config.QkvBias = new(weights.JoinedFloats((prefix + "attn_q.bias", q), (prefix + "attn_k.bias", k), (prefix + "attn_v.bias", v)));

        bool headNorm = model.Has(Trait.HeadNorm), norm = headNorm || model.Has(Trait.FullNorm);
        config.QueryNorm = new(weights.FloatsIf(norm, prefix + "attn_q_norm.weight", headNorm ? model.Kv.KeyWidth : q));
        config.KeyNorm = new(weights.FloatsIf(norm, prefix + "attn_k_norm.weight", headNorm ? model.Kv.KeyWidth : k));
        if (model.Rope is { } rope)
            (config.Cos, config.Sin, config.RopeInterleaved) = (new(TableFor(rope).Cos), new(TableFor(rope).Sin), rope.Interleaved ? 1 : 0);

        config.Output = new(weights.Joined(model.QueryHeads * model.Kv.ValueWidth, (prefix + "attn_output.weight", c)));
        config.OutputBias = new(weights.FloatsIf(model.Has(Trait.OutputBias), prefix + "attn_output.bias", c));
        config.Sinks = new(weights.FloatsIf(model.Has(Trait.Sinks), prefix + "attn_sinks.weight", model.QueryHeads));
        config.PostNorm = new(weights.FloatsIf(model.Has(Trait.AttentionPostNorm), prefix + "post_attention_norm.weight", c));
        return config;
    }

    private NativeAttentionConfig Numbers(LayerDescription model) => new()
    {
        Place = weights.Device.Place(),
        QueryHeads = model.QueryHeads,
        KvHeads = model.Kv.Heads,
        KeyWidth = model.Kv.KeyWidth,
        ValueWidth = model.Kv.ValueWidth,
        HeadNorm = model.Has(Trait.HeadNorm) ? 1 : 0,
        Window = (int)model.Number(Trait.Window, 0),
        Epsilon = build.Model.NormEpsilon,
        ScoreScale = model.Number(Trait.ScoreScale, 1 / MathF.Sqrt(model.Kv.KeyWidth)),
        ResidualScale = model.Number(Trait.AttentionResidualScale, 1),
    };

    private RopeTable TableFor(Rope rope)
    {
        if (_tables.Find(table => table.Serves(rope)) is { } known)
            return known;

        RopeTable made = new(build, weights, rope);
        _tables.Add(made);
        return made;
    }
}
