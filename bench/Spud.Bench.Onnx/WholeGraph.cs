using Backend.Onnx.Graphs;
using Spud.Models;
using Attribute = Backend.Onnx.Graphs.Attribute;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Spud.Bench.Onnx;

/// <summary>A whole dense llama model as one graph: f32, batch 1, keys and values in place with GroupQueryAttention.</summary>
internal sealed class WholeGraph(GgufFile file, ModelShape shape, int contextTokens)
{
    private readonly Graph _graph = new();

    /// <summary>The graph in ONNX's format.</summary>
    public byte[] Build()
    {
        string ids = _graph.Input("ids", ElementType.I64, 1, "s");
        _graph.Input("seqlens", ElementType.I32, 1);
        _graph.Input("total", ElementType.I32);
        AddAngles();
        float[] embedding = ModelWeights.Read(file, "token_embd.weight");
        int vocabulary = embedding.Length / shape.Hidden;
        string table = _graph.Initialiser("embedding", DataType.Float, [vocabulary, shape.Hidden], ModelWeights.Bytes(embedding));
        string hidden = _graph.Node("Gather", [table, ids], Attribute.Int("axis", 0));
        for (int layer = 0; layer < shape.Layers; layer++)
            hidden = Layer(hidden, layer);

        string last = _graph.Node("Slice", [hidden, _graph.Indices(-1), _graph.Indices(long.MaxValue), _graph.Indices(1)]);
        string output = file.TryGetTensor("output.weight", out _) ? "output.weight" : "token_embd.weight";
        _graph.Output(Linear(Norm(last, "output_norm.weight"), output, "lm_head"), "logits", ElementType.F32, 1, 1, vocabulary);
        return _graph.ToBytes();
    }

    private string Layer(string hidden, int layer)
    {
        string prefix = $"blk.{layer}.", normed = Norm(hidden, prefix + "attn_norm.weight");
        string attended = Attend(normed, prefix, layer);
        hidden = _graph.Node("Add", [hidden, Linear(attended, prefix + "attn_output.weight")]);
        normed = Norm(hidden, prefix + "ffn_norm.weight");
        string gate = Linear(normed, prefix + "ffn_gate.weight"), up = Linear(normed, prefix + "ffn_up.weight");
        string active = _graph.Node("Mul", [gate, _graph.Node("Sigmoid", [gate])]);
        return _graph.Node("Add", [hidden, Linear(_graph.Node("Mul", [active, up]), prefix + "ffn_down.weight")]);
    }

    private string Attend(string normed, string prefix, int layer)
    {
        string q = Linear(normed, prefix + "attn_q.weight"), k = Linear(normed, prefix + "attn_k.weight"), v = Linear(normed, prefix + "attn_v.weight");
        string pastKeys = _graph.Input($"past.key.{layer}", ElementType.F32, 1, shape.KvHeads, contextTokens, shape.HeadWidth);
        string pastValues = _graph.Input($"past.value.{layer}", ElementType.F32, 1, shape.KvHeads, contextTokens, shape.HeadWidth);
        string[] results = _graph.Nodes(
            "GroupQueryAttention", Graph.Microsoft, 3, [q, k, v, pastKeys, pastValues, "seqlens", "total", "cos", "sin"],
            Attribute.Int("num_heads", shape.QueryHeads), Attribute.Int("kv_num_heads", shape.KvHeads),
            Attribute.Int("do_rotary", 1), Attribute.Int("rotary_interleaved", 1));
        _graph.Output(results[1], $"present.key.{layer}", ElementType.F32, 1, shape.KvHeads, contextTokens, shape.HeadWidth);
        _graph.Output(results[2], $"present.value.{layer}", ElementType.F32, 1, shape.KvHeads, contextTokens, shape.HeadWidth);
        return results[0];
    }

    private string Norm(string x, string name) => _graph.Node(
        "SimplifiedLayerNormalization",
        [x, _graph.Initialiser(name, DataType.Float, [shape.Hidden], ModelWeights.Bytes(ModelWeights.Read(file, name)))],
        Attribute.Int("axis", -1), Attribute.Float("epsilon", shape.Epsilon), Attribute.Int("stash_type", 1));

    private string Linear(string x, string name, string? called = null)
    {
        (float[] values, int inputs, int outputs) = ModelWeights.Transposed(file, name);
        return _graph.Node("MatMul", [x, _graph.Initialiser(called ?? name, DataType.Float, [inputs, outputs], ModelWeights.Bytes(values))]);
    }

    private void AddAngles()
    {
        int half = shape.HeadWidth / 2;
        float[] cos = new float[contextTokens * half], sin = new float[contextTokens * half];
        for (int i = 0; i < cos.Length; i++)
        {
            double angle = i / half * Math.Pow(shape.RopeBase, -2.0 * (i % half) / shape.HeadWidth);
            (cos[i], sin[i]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
        }

        _graph.Initialiser("cos", DataType.Float, [contextTokens, half], ModelWeights.Bytes(cos));
        _graph.Initialiser("sin", DataType.Float, [contextTokens, half], ModelWeights.Bytes(sin));
    }
}
