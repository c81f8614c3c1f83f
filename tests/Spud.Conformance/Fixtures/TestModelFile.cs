using System.Runtime.InteropServices;
using Spud.Models;
using Spud.Models.Families;

namespace Spud.Conformance.Fixtures;

/// <summary>A model with random weights in a temporary file; of two layers unless it is a family's.</summary>
internal sealed class TestModelFile : IDisposable
{
    private const int Layers = 2, Hidden = 64, Heads = 4, KvHeads = 2, HeadWidth = 32, Inner = 96, Context = 512;

    /// <summary>V.</summary>
    public const int Vocabulary = 96;

    private readonly GgufWriter _file = new();
    private readonly string _architecture;
    private string? _pack;

    private TestModelFile(FamilyModel family)
    {
        _architecture = family.Name;
        File.WriteAllBytes(Path, family.Gguf);
    }

    private TestModelFile(string architecture)
    {
        _architecture = architecture;
        _file.Set("general.architecture", architecture);
        Set("embedding_length", Hidden);
        Set("context_length", Context);
        Set("block_count", Layers);
        Set("attention.head_count", Heads);
        Set("attention.head_count_kv", KvHeads);
        Set("attention.key_length", HeadWidth);
        Set("attention.value_length", HeadWidth);
        Set("feed_forward_length", Inner);
        _file.Set($"{architecture}.attention.layer_norm_rms_epsilon", 1e-5f);
        Add("token_embd.weight", Vocabulary, Hidden);
        Add("output_norm.weight", Hidden);
        Add("output.weight", Vocabulary, Hidden);
        foreach (string prefix in Prefixes)
        {
            Add(prefix + "attn_norm.weight", Hidden);
            Add(prefix + "attn_q.weight", Heads * HeadWidth, Hidden);
            Add(prefix + "attn_k.weight", KvHeads * HeadWidth, Hidden);
            Add(prefix + "attn_v.weight", KvHeads * HeadWidth, Hidden);
            Add(prefix + "attn_output.weight", Hidden, Heads * HeadWidth);
            Add(prefix + "ffn_norm.weight", Hidden);
        }
    }

    /// <summary>Where it is.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"spud-conformance-{Guid.NewGuid():N}.gguf");

    private static IEnumerable<string> Prefixes => Enumerable.Range(0, Layers).Select(layer => $"blk.{layer}.");

    /// <summary>A plain llama: no trait at all.</summary>
    public static TestModelFile Dense() => new TestModelFile("llama").WithDenseLayers();

    /// <summary>A llama with four experts, two a row, whose weights sum to 1; or, where a router does not know that, an olmoe.</summary>
    /// <param name="renormalises">Whether the weights of a row are made to sum to 1.</param>
    public static TestModelFile Mixture(bool renormalises)
    {
        TestModelFile model = new(renormalises ? "llama" : "olmoe");
        if (!renormalises)
        {
            foreach (string prefix in Prefixes)
            {
                model.Add(prefix + "attn_q_norm.weight", Heads * HeadWidth);
                model.Add(prefix + "attn_k_norm.weight", KvHeads * HeadWidth);
            }
        }

        return model.WithExperts();
    }

    /// <summary>A gemma 3 whose first layer sees 40 keys.</summary>
    public static TestModelFile Windowed()
    {
        TestModelFile model = new("gemma3");
        model.Set("attention.sliding_window", 40);
        model.Set("attention.sliding_window_pattern", 2);
        foreach (string prefix in Prefixes)
        {
            model.Add(prefix + "attn_q_norm.weight", HeadWidth);
            model.Add(prefix + "attn_k_norm.weight", HeadWidth);
            model.Add(prefix + "post_attention_norm.weight", Hidden);
            model.Add(prefix + "post_ffw_norm.weight", Hidden);
        }

        return model.WithDenseLayers();
    }

    /// <summary>The model of a family.</summary>
    public static TestModelFile Of(FamilyModel family) => new(family);

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(Path);
        if (_pack is not null)
            File.Delete(_pack);
    }

    /// <summary>Writes a pack for this model; its path.</summary>
    public string PackFor(Func<ModelDescription, TestPack> pack)
    {
        using GgufFile file = GgufFile.Open(Path);
        _pack = $"{Path}.pack";
        pack(ModelReader.Read(file).Description).Save(_pack, ModelHash.Of(file));
        return _pack;
    }

    private TestModelFile WithDenseLayers()
    {
        foreach (string prefix in Prefixes)
        {
            Add(prefix + "ffn_gate.weight", Inner, Hidden);
            Add(prefix + "ffn_up.weight", Inner, Hidden);
            Add(prefix + "ffn_down.weight", Hidden, Inner);
        }

        return Saved();
    }

    private TestModelFile WithExperts()
    {
        const int Experts = 4;
        Set("expert_count", Experts);
        Set("expert_used_count", 2);
        foreach (string prefix in Prefixes)
        {
            Add(prefix + "ffn_gate_inp.weight", Experts, Hidden);
            Add(prefix + "ffn_gate_exps.weight", Experts, Inner, Hidden);
            Add(prefix + "ffn_up_exps.weight", Experts, Inner, Hidden);
            Add(prefix + "ffn_down_exps.weight", Experts, Hidden, Inner);
        }

        return Saved();
    }

    private TestModelFile Saved()
    {
        _file.Save(Path);
        return this;
    }

    private void Set(string key, int value) => _file.Set($"{_architecture}.{key}", value);

    private void Add(string name, params int[] shape)
    {
        float[] values = Samples.Of(name, shape.Aggregate(1, (a, b) => a * b), name.Contains("norm") ? 1 : 0);
        _file.Add(name, ElementType.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes<float>(values)));
    }
}
