using System.Runtime.InteropServices;
using Spud;
using Spud.Conformance.Fixtures;
using Spud.Models;

namespace Router.Hierarchical.Tests;

/// <summary>A mixture of two layers and sixteen experts, two a row, with random weights, in a temporary file; and packs for it.</summary>
internal sealed class MixtureFile : IDisposable
{
    public const int Vocabulary = 96, Experts = 16, Layers = 2;

    private const int Hidden = 32, Inner = 32;

    private readonly GgufWriter _file = new();
    private readonly List<string> _packs = [];

    public MixtureFile()
    {
        _file.Set("general.architecture", "llama");
        foreach ((string key, int value) in new[]
        {
            ("embedding_length", Hidden), ("context_length", 1024), ("block_count", Layers), ("attention.head_count", 2), ("attention.head_count_kv", 1),
            ("feed_forward_length", Inner), ("expert_count", Experts), ("expert_used_count", 2),
        })
        {
            _file.Set($"llama.{key}", value);
        }

        _file.Set("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        Add(_file, "token_embd.weight", Vocabulary, Hidden);
        Add(_file, "output_norm.weight", Hidden);
        Add(_file, "output.weight", Vocabulary, Hidden);
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"blk.{layer}.";
            Add(_file, prefix + "attn_norm.weight", Hidden);
            Add(_file, prefix + "attn_q.weight", Hidden, Hidden);
            Add(_file, prefix + "attn_k.weight", Hidden / 2, Hidden);
            Add(_file, prefix + "attn_v.weight", Hidden / 2, Hidden);
            Add(_file, prefix + "attn_output.weight", Hidden, Hidden);
            Add(_file, prefix + "ffn_norm.weight", Hidden);
            Add(_file, prefix + "ffn_gate_inp.weight", Experts, Hidden);
            Add(_file, prefix + "ffn_gate_exps.weight", Experts, Inner, Hidden);
            Add(_file, prefix + "ffn_up_exps.weight", Experts, Inner, Hidden);
            Add(_file, prefix + "ffn_down_exps.weight", Experts, Hidden, Inner);
        }

        _file.Save(Path);
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"spud-mixture-{Guid.NewGuid():N}.gguf");

    /// <summary>A pack that knows these kinds of text by the shares of experts in both layers.</summary>
    /// <param name="radius">How far a text of a kind may be from it.</param>
    /// <param name="kinds">Names, and shares [E].</param>
    /// <param name="change">Made to the file before it is written.</param>
    public string PackOf(float radius, (string Name, float[] Shares)[] kinds, Action<GgufWriter>? change = null)
    {
        GgufWriter pack = new();
        using (GgufFile model = GgufFile.Open(Path))
            pack.Set(PackFile.ModelKey, ModelHash.Of(model));
        pack.Set(PackKeys.Format, 1);
        pack.Set(PackKeys.Labels, kinds.Length);
        pack.Set(PackKeys.Scale, 0.01);
        foreach ((int i, (string name, float[] _)) in kinds.Index())
            pack.Set(PackKeys.Label(i), name);
        Write(pack, PackKeys.Radii, [.. Enumerable.Repeat(radius, 2 * kinds.Length)], 2, kinds.Length);
        for (int layer = 0; layer < Layers; layer++)
            Write(pack, PackKeys.Centroids(layer), [.. kinds.SelectMany(static kind => kind.Shares)], kinds.Length, Experts);

        change?.Invoke(pack);
        _packs.Add($"{Path}.{_packs.Count}.pack.gguf");
        pack.Save(_packs[^1]);
        return _packs[^1];
    }

    public void Dispose()
    {
        File.Delete(Path);
        _packs.ForEach(File.Delete);
    }

    private static void Add(GgufWriter file, string name, params int[] shape) =>
        Write(file, name, Samples.Of(name, shape.Aggregate(1, static (a, b) => a * b), name.Contains("norm") ? 1 : 0), shape);

    private static void Write(GgufWriter file, string name, float[] values, params int[] shape) =>
        file.Add(name, ElementType.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes<float>(values)));
}
