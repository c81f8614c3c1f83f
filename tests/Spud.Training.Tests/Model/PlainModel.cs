using Spud.Training.Model;
using Spud.Training.Model.Selection;
using static TorchSharp.torch;

namespace Spud.Training.Tests.Model;

/// <summary>The model once more, written plainly in double precision, with libtorch's own gradients: the oracle of the passes that are written out.</summary>
internal sealed class PlainModel : IDisposable
{
    private readonly ModelShape _shape;
    private readonly AuxiliaryLosses _factors;
    private readonly ExpertAssignment[]? _plans;
    private readonly Dictionary<string, Tensor> _weights = [];

    /// <param name="parameters">Values.</param>
    /// <param name="shape">Of the model.</param>
    /// <param name="factors">Of the routers' losses.</param>
    /// <param name="plans">[L]: the experts that somebody else chose; null: the best K.</param>
    public PlainModel(ParameterSet parameters, ModelShape shape, AuxiliaryLosses factors, ExpertAssignment[]? plans = null)
    {
        (_shape, _factors, _plans) = (shape, factors, plans);
        foreach ((Parameter parameter, _) in parameters.All)
        {
            using Tensor values = parameters.View(parameter.Name, parameters.Values);
            _weights[parameter.Name] = values.to(ScalarType.Float64).detach().clone().requires_grad_();
        }
    }

    /// <summary>The whole loss; gradients are those of it.</summary>
    public double Loss(ushort[] tokens, int sequences, out double[] losses)
    {
        long length = _shape.Tokens;
        Tensor ids = tensor(Array.ConvertAll(tokens, static id => (long)id), sequences, length + 1);
        Tensor hidden = _weights["token_embd"].index_select(0, ids.narrow(1, 0, length).reshape(-1)).view(sequences, length, _shape.HiddenWidth);
        Tensor auxiliary = zeros(1, ScalarType.Float64);
        for (int layer = 0; layer < _shape.Layers; layer++)
        {
            hidden = hidden + Attention(Norm(hidden, W(layer, "attn_norm")), layer, sequences);
            Tensor x = Norm(hidden, W(layer, "ffn_norm"));
            hidden = hidden + (_shape.Experts > 1 ? Experts(x.reshape(-1, _shape.HiddenWidth), layer, ref auxiliary).view(hidden.shape) : Expert(x, W(layer, "ffn_gate_up"), W(layer, "ffn_down")));
        }

        Tensor logits = Norm(hidden, _weights["output_norm"]).matmul(_weights["token_embd"].t()).reshape(-1, _shape.Vocabulary);
        Tensor each = nn.functional.cross_entropy(logits, ids.narrow(1, 1, length).reshape(-1), reduction: nn.Reduction.None);
        losses = each.data<double>().ToArray();
        Tensor loss = each.mean() + auxiliary.sum() / _shape.Layers;
        loss.backward();
        return loss.item<double>();
    }

    /// <summary>Null: the loss does not depend on it.</summary>
    public Tensor? Gradient(string name) => _weights[name].grad;

    public void Dispose()
    {
        foreach (Tensor weight in _weights.Values)
            weight.Dispose();
    }

    private Tensor W(int layer, string name) => _weights[$"blk.{layer}.{name}"];

    private Tensor Norm(Tensor x, Tensor weight) => x * (x.square().mean([-1], keepdim: true) + (double)_shape.NormEpsilon).rsqrt() * weight;

    private Tensor Attention(Tensor x, int layer, int sequences)
    {
        (int heads, int kvHeads, int width) = (_shape.Heads, _shape.KvHeads, _shape.HeadWidth);
        Tensor qkv = x.matmul(W(layer, "attn_qkv").t()).view(sequences, _shape.Tokens, heads + 2 * kvHeads, width).transpose(1, 2);
        Tensor q = Rope(Norm(qkv.narrow(1, 0, heads), W(layer, "attn_q_norm")));
        Tensor k = Rope(Norm(qkv.narrow(1, heads, kvHeads), W(layer, "attn_k_norm"))).repeat_interleave(heads / kvHeads, 1);
        Tensor v = qkv.narrow(1, heads + kvHeads, kvHeads).repeat_interleave(heads / kvHeads, 1);
        Tensor later = ones(_shape.Tokens, _shape.Tokens, ScalarType.Bool).triu(1);
        Tensor scores = (q.matmul(k.transpose(2, 3)) / Math.Sqrt(width)).masked_fill(later, double.NegativeInfinity);
        return scores.softmax(-1).matmul(v).transpose(1, 2).reshape(sequences, _shape.Tokens, heads * width).matmul(W(layer, "attn_output").t());
    }

    private Tensor Rope(Tensor x)
    {
        Tensor frequencies = pow(_shape.RopeBase, -(arange(0, _shape.HeadWidth, 2, ScalarType.Float64) / _shape.HeadWidth));
        Tensor angles = arange(_shape.Tokens, ScalarType.Float64).unsqueeze(1) * frequencies;
        Tensor[] halves = x.chunk(2, -1);
        return cat([halves[0] * angles.cos() - halves[1] * angles.sin(), halves[1] * angles.cos() + halves[0] * angles.sin()], -1);
    }

    private static Tensor Expert(Tensor x, Tensor gateUp, Tensor down)
    {
        Tensor[] pair = x.matmul(gateUp.t()).chunk(2, -1);
        return (nn.functional.silu(pair[0]) * pair[1]).matmul(down.t());
    }

    // Every expert computes every row; those that were not chosen get weight 0.
    private Tensor Experts(Tensor x, int layer, ref Tensor auxiliary)
    {
        Tensor logits = x.matmul(W(layer, "ffn_router").t());
        if (_weights.TryGetValue(RoutingRecipe.Sharpness(layer), out Tensor? sharpness))
            logits = logits * sharpness[0];

        Tensor probabilities = logits.softmax(-1), chosen = Chosen(probabilities, layer), kept = chosen * probabilities;
        Tensor weights = kept / kept.sum(-1, keepdim: true), share = chosen.sum([0]) / chosen.sum();
        auxiliary = auxiliary + _factors.Balance * _shape.Experts * (share * probabilities.mean([0])).sum() + _factors.Z * logits.logsumexp(-1).square().mean();
        Tensor sum = zeros_like(x);
        for (int expert = 0; expert < _shape.Experts; expert++)
            sum = sum + weights.narrow(1, expert, 1) * Expert(x, W(layer, "ffn_gate_up").select(0, expert), W(layer, "ffn_down").select(0, expert));

        return sum;
    }

    // [N, E]: 1 where an expert is chosen.
    private Tensor Chosen(Tensor probabilities, int layer)
    {
        Tensor chosen = zeros_like(probabilities).detach();
        if (_plans is null)
            return chosen.scatter(1, probabilities.topk(_shape.ExpertsUsed, -1).indexes, ones(probabilities.shape[0], _shape.ExpertsUsed, ScalarType.Float64));

        double[] values = new double[chosen.numel()];
        for (int row = 0; row < _plans[layer].Rows; row++)
        {
            foreach (int expert in _plans[layer].Experts.AsSpan(_plans[layer].Offsets[row].._plans[layer].Offsets[row + 1]))
                values[row * _shape.Experts + expert] = 1;
        }

        return tensor(values).view(chosen.shape);
    }
}
