using Spud.Models;

namespace Spud.Bench.Onnx;

/// <summary>The numbers of a dense llama model.</summary>
internal sealed class ModelShape
{
    public ModelShape(GgufFile file)
    {
        GgufMetadata keys = file.Metadata;
        if (keys.RequireString("general.architecture") != "llama")
            throw new ModelFileException($"{file.Path}: this benchmark knows dense llama models only");

        Hidden = keys.RequireInt("llama.embedding_length");
        Layers = keys.RequireInt("llama.block_count");
        QueryHeads = keys.RequireInt("llama.attention.head_count");
        KvHeads = keys.RequireInt("llama.attention.head_count_kv");
        HeadWidth = Hidden / QueryHeads;
        Epsilon = keys.RequireFloat("llama.attention.layer_norm_rms_epsilon");
        RopeBase = keys.RequireFloat("llama.rope.freq_base");
    }

    /// <summary>C.</summary>
    public int Hidden { get; }

    /// <summary>L.</summary>
    public int Layers { get; }

    /// <summary>H.</summary>
    public int QueryHeads { get; }

    /// <summary>G.</summary>
    public int KvHeads { get; }

    /// <summary>D.</summary>
    public int HeadWidth { get; }

    /// <summary>Of the norms.</summary>
    public float Epsilon { get; }

    /// <summary>Of the angles.</summary>
    public float RopeBase { get; }
}
