using Spud;
using Spud.Bench.Torch;

// Writes a dense llama's weights, expanded to f32, as bench/torch/plain.cpp reads them. Arguments: MODEL.gguf OUTPUT.
if (args.Length != 2)
{
    Console.Error.WriteLine("usage: Spud.Bench.Torch MODEL.gguf OUTPUT");
    return 2;
}

using WeightDump dump = new(args[0], args[1]);
ModelDescription model = dump.Model;
LayerDescription first = model.Layers[0];
(int c, int h, int g, int d, int f) = (model.HiddenWidth, first.QueryHeads, first.Kv.Heads, first.Kv.KeyWidth, first.ExpertWidth);
if (model.Architecture != "llama" || first.Experts != 1 || first.Rope is not { } rope || !model.Has(Trait.TiedHead))
{
    Console.Error.WriteLine($"{args[0]}: the plain loop knows dense llamas with tied embeddings; this is {model.Architecture} with {first.Experts} experts.");
    return 2;
}

dump.Write([model.Layers.Length, c, model.Vocabulary, h, g, d, f, rope.Interleaved ? 1 : 0]);
dump.Write([model.NormEpsilon, rope.Base]);
dump.Write("token_embd.weight", model.Vocabulary, c);
dump.Write("output_norm.weight", c);
for (int layer = 0; layer < model.Layers.Length; layer++)
{
    string prefix = $"blk.{layer}.";
    dump.Write(prefix + "attn_norm.weight", c);
    dump.Write(prefix + "attn_q.weight", h * d, c);
    dump.Write(prefix + "attn_k.weight", g * d, c);
    dump.Write(prefix + "attn_v.weight", g * d, c);
    dump.Write(prefix + "attn_output.weight", c, h * d);
    dump.Write(prefix + "ffn_norm.weight", c);
    dump.Write(prefix + "ffn_gate_exps.weight", 1, f, c);
    dump.Write(prefix + "ffn_up_exps.weight", 1, f, c);
    dump.Write(prefix + "ffn_down_exps.weight", 1, c, f);
}

return 0;
