using Backend.Onnx.Graphs;
using Backend.Onnx.Native;
using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Backend.Onnx.Attention;

/// <summary>Norm, one product for q, k and v, biases, QK-norm, RoPE, and the score scale of q. Rows are [1, T, ..], as the RoPE operator expects.</summary>
internal sealed class ProjectGraph
{
    private readonly Graph _graph = new();
    private readonly LayerDescription _layer;
    private readonly Geometry _shape;
    private readonly RopeTable? _rope;
    private readonly float _epsilon;
    private readonly Binding _binding;
    private readonly int _input, _positions, _query, _key, _value, _hidden;

    public ProjectGraph(IBuildContext build, Sessions sessions, WeightReader weights, int layer, RopeTable? rope)
    {
        (_layer, _rope, _epsilon, _hidden) = (build.Model.Layers[layer], rope, build.Model.NormEpsilon, build.Model.HiddenWidth);
        _shape = new Geometry(_layer);
        (int q, int k, int v, string prefix) = (_shape.QueryOutputs, _shape.KeyOutputs, _shape.ValueOutputs, $"blk.{layer}.");
        string normed = _graph.RmsNorm(_graph.Input("input", ElementType.F32, 1, "T", _hidden), "norm", weights.Floats(prefix + "attn_norm.weight", _hidden), _epsilon);
        Matrix matrix = weights.Matrix(_hidden, (prefix + "attn_q.weight", q), (prefix + "attn_k.weight", k), (prefix + "attn_v.weight", v));
        string product = matrix.Product(_graph, "qkv", normed, Bias(build, weights, prefix));
        string[] heads = _graph.Nodes("Split", "", 3, [product, _graph.Indices(q, k, v)], Graphs.Attribute.Int("axis", -1));
        string positions = rope is null ? "" : Positions(sessions.Domain.IsHost);

        string query = Turned(Normed(weights, heads[0], prefix + "attn_q_norm.weight", "query.norm", _shape.QueryHeads), positions, _shape.QueryHeads);
        string key = Turned(Normed(weights, heads[1], prefix + "attn_k_norm.weight", "key.norm", _shape.KvHeads), positions, _shape.KvHeads);
        query = _graph.Scaled(query, _layer.Number(Trait.ScoreScale, 1 / MathF.Sqrt(_shape.KeyWidth)));
        _graph.Output(query, "query", ElementType.F32, 1, "T", q);
        _graph.Output(key, "key", ElementType.F32, 1, "T", k);
        _graph.Output(heads[2], "value", ElementType.F32, 1, "T", v);
        _binding = sessions.Bind(_graph);
        (_input, _query, _key, _value) = (_binding.SlotOf("input"), _binding.SlotOf("query"), _binding.SlotOf("key"), _binding.SlotOf("value"));
        _positions = rope is null ? -1 : _binding.SlotOf("positions");
    }

    /// <summary>Computes the heads of a step.</summary>
    /// <param name="input">F32 [T, C].</param>
    /// <param name="positions">I64 [T]; on a device I32.</param>
    /// <param name="heads">Query, key and value, written.</param>
    public void Run(in TensorView input, in TensorView positions, in Heads heads)
    {
        int rows = input.Shape[0];
        _binding.Set(_input, input.Address, 1, rows, _hidden);
        if (_rope is not null)
            _binding.Set(_positions, positions.Address, 1, rows);

        _binding.Set(_query, heads.Query.Address, 1, rows, _shape.QueryOutputs);
        _binding.Set(_key, heads.Key.Address, 1, rows, _shape.KeyOutputs);
        _binding.Set(_value, heads.Value.Address, 1, rows, _shape.ValueOutputs);
        _binding.Run();
    }

    // The operator expects I64; a step has I32, which the host widens once for all layers.
    private string Positions(bool onHost) => onHost
        ? _graph.Input("positions", ElementType.I64, 1, "T")
        : _graph.Node("Cast", [_graph.Input("positions", ElementType.I32, 1, "T")], Graphs.Attribute.Int("to", (long)DataType.Int64));

    // F32 [H * D + G * D + G * Dv], or absent.
    private TensorView Bias(IBuildContext build, WeightReader weights, string prefix)
    {
        if (!_layer.Has(Trait.ProjectionBias))
            return default;

        (int q, int k, int v) = (_shape.QueryOutputs, _shape.KeyOutputs, _shape.ValueOutputs);
        TensorView all = build.Allocate(weights.Domain, ElementType.F32, q + k + v);
        weights.Domain.Copy(weights.Floats(prefix + "attn_q.bias", q), all.Rows(0, q));
        weights.Domain.Copy(weights.Floats(prefix + "attn_k.bias", k), all.Rows(q, k));
        weights.Domain.Copy(weights.Floats(prefix + "attn_v.bias", v), all.Rows(q + k, v));
        return all;
    }

    private string Normed(WeightReader weights, string x, string weight, string name, int heads)
    {
        int width = heads * _shape.KeyWidth;
        if (_layer.Has(Trait.FullNorm))
            return _graph.RmsNorm(x, name, weights.Floats(weight, width), _epsilon);
        if (!_layer.Has(Trait.HeadNorm))
            return x;

        string normed = _graph.RmsNorm(_graph.Reshape(x, 1, -1, heads, _shape.KeyWidth), name, weights.Floats(weight, _shape.KeyWidth), _epsilon);
        return _graph.Reshape(normed, 1, -1, width);
    }

    private string Turned(string x, string positions, int heads)
    {
        if (_rope is not { } rope)
            return x;

        string cos = positions + ".cos", sin = positions + ".sin";
        if (!_graph.Weights.Any(weight => weight.Name == cos))
        {
            _graph.Weight(cos, rope.Cos);
            _graph.Weight(sin, rope.Sin);
        }

        int turned = rope.Width == _shape.KeyWidth ? 0 : rope.Width;
        return _graph.MicrosoftNode(
            "RotaryEmbedding", [x, positions, cos, sin],
            Graphs.Attribute.Int("interleaved", rope.Interleaved ? 1 : 0), Graphs.Attribute.Int("num_heads", heads),
            Graphs.Attribute.Int("rotary_embedding_dim", turned));
    }
}
