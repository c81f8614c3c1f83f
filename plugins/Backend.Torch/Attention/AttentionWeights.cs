using Backend.Torch.Shared;
using Spud;
using static TorchSharp.torch;

namespace Backend.Torch.Attention;

/// <summary>Reads the weights of one layer after another; layers with the same rotary embedding share its table.</summary>
internal sealed class AttentionWeights(IBuildContext build, WeightLoader weights)
{
    private readonly List<RopeTable> _tables = [];

    /// <summary>The tables of all layers so far.</summary>
    public IReadOnlyList<RopeTable> Tables => _tables;

    public AttentionParts Take(int layer)
    {
        LayerDescription model = build.Model.Layers[layer];
        (int c, string prefix) = (build.Model.HiddenWidth, $"blk.{layer}.");
        (int q, int k, int v) = (model.QueryHeads * model.Kv.KeyWidth, model.Kv.Heads * model.Kv.KeyWidth, model.Kv.Heads * model.Kv.ValueWidth);
        TensorView qkv = weights.Joined(c, (prefix + "attn_q.weight", q), (prefix + "attn_k.weight", k), (prefix + "attn_v.weight", v));
        TensorView bias = model.Has(Trait.ProjectionBias)
            ? weights.JoinedFloats((prefix + "attn_q.bias", q), (prefix + "attn_k.bias", k), (prefix + "attn_v.bias", v))
            : default;
        TensorView output = weights.Joined(model.QueryHeads * model.Kv.ValueWidth, (prefix + "attn_output.weight", c));
        return new AttentionParts
        {
            Device = weights.Device,
            QueryHeads = model.QueryHeads,
            KvHeads = model.Kv.Heads,
            KeyWidth = model.Kv.KeyWidth,
            ValueWidth = model.Kv.ValueWidth,
            Window = (int)model.Number(Trait.Window, 0),
            ScoreScale = model.Number(Trait.ScoreScale, 1 / MathF.Sqrt(model.Kv.KeyWidth)),
            ResidualScale = model.Number(Trait.AttentionResidualScale, 1),
            Norm = Norm(weights.Floats(prefix + "attn_norm.weight", c)),
            Qkv = new Linear(Tensor(qkv), TensorIf(bias), weights.Pool),
            FullQueryNorm = model.Has(Trait.FullNorm) ? Norm(weights.Floats(prefix + "attn_q_norm.weight", q)) : null,
            FullKeyNorm = model.Has(Trait.FullNorm) ? Norm(weights.Floats(prefix + "attn_k_norm.weight", k)) : null,
            HeadNorm = model.Has(Trait.HeadNorm) ? HeadNorm(model, prefix) : null,
            Rope = model.Rope is { } rope ? TableFor(rope) : null,
            Output = new Linear(Tensor(output), TensorIf(weights.FloatsIf(model.Has(Trait.OutputBias), prefix + "attn_output.bias", c)), weights.Pool),
            Sinks = TensorIf(weights.FloatsIf(model.Has(Trait.Sinks), prefix + "attn_sinks.weight", model.QueryHeads)),
            PostNorm = model.Has(Trait.AttentionPostNorm) ? Norm(weights.Floats(prefix + "post_attention_norm.weight", c)) : null,
        };
    }

    private Tensor Tensor(in TensorView view) => weights.Device.Tensor(view);

    private Tensor? TensorIf(in TensorView view) => weights.Device.TensorIf(view);

    private RmsNorm Norm(in TensorView weight) => new(Tensor(weight), build.Model.NormEpsilon);

    /// <summary>One weight per query head, followed by one per key head: both are normalised in one operation.</summary>
    private RmsNorm HeadNorm(LayerDescription model, string prefix)
    {
        int width = model.Kv.KeyWidth;
        using Tensor query = Tensor(weights.Floats(prefix + "attn_q_norm.weight", width)), queries = query.expand(model.QueryHeads, width);
        using Tensor key = Tensor(weights.Floats(prefix + "attn_k_norm.weight", width)), keys = key.expand(model.Kv.Heads, width);
        return new RmsNorm(cat([queries, keys]), build.Model.NormEpsilon);
    }

    private RopeTable TableFor(Rope rope)
    {
        if (_tables.Find(table => table.Serves(rope)) is { } known)
            return known;

        RopeTable made = new(build, weights, rope);
        _tables.Add(made);
        return made;
    }
}
