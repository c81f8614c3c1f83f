using Backend.Torch.Device;
using Backend.Torch.Shared;
using static TorchSharp.torch;

namespace Backend.Torch.Attention;

/// <summary>The components of one layer's attention; the layer owns all but the RoPE table, which layers share.</summary>
internal sealed record AttentionParts
{
    public required TorchDevice Device { get; init; }

    public required int QueryHeads { get; init; }

    public required int KvHeads { get; init; }

    public required int KeyWidth { get; init; }

    public required int ValueWidth { get; init; }

    /// <summary>Maximum number of keys that a row sees; 0 for all.</summary>
    public required int Window { get; init; }

    public required float ScoreScale { get; init; }

    public required float ResidualScale { get; init; }

    public required RmsNorm Norm { get; init; }

    /// <summary>Queries, keys and values in one product.</summary>
    public required Linear Qkv { get; init; }

    /// <summary>Norm over all queries, and over all keys, as one row each.</summary>
    public required RmsNorm? FullQueryNorm { get; init; }

    public required RmsNorm? FullKeyNorm { get; init; }

    /// <summary>Norm of each head of queries and keys, [H + G, D].</summary>
    public required RmsNorm? HeadNorm { get; init; }

    public required RopeTable? Rope { get; init; }

    public required Linear Output { get; init; }

    /// <summary>F32 [H], or null.</summary>
    public required Tensor? Sinks { get; init; }

    public required RmsNorm? PostNorm { get; init; }

    /// <summary>Query heads that share a KV head.</summary>
    public int Group => QueryHeads / KvHeads;
}
