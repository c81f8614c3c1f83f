namespace Spud.Tests.Composition.Explanation;

/// <summary>
/// A family's small model by the numbers of its config, written down by hand, and the FLOPs of a token counted from them alone: no
/// tensor is looked at.
/// </summary>
internal sealed record ConfigNumbers(string Name, int L, int G, int D, int F, bool Tied = false, int E = 1, int K = 1, int SharedF = 0, bool SharedGate = false, int Window = 0, int[]? Windowed = null)
{
    private const int C = 64;
    private const int H = 4;
    private const int V = 512;

    public const int Context = 512;

    public static IEnumerable<ConfigNumbers> All { get; } =
    [
        new("llama", L: 3, G: 2, D: 16, F: 96),
        new("mixtral", L: 3, G: 2, D: 16, F: 32, E: 8, K: 2),
        new("qwen2", L: 3, G: 2, D: 16, F: 96, Tied: true),
        new("qwen3", L: 3, G: 2, D: 24, F: 96, Tied: true),
        new("qwen2moe", L: 3, G: 2, D: 16, F: 32, E: 8, K: 4, SharedF: 64, SharedGate: true),
        new("qwen3moe", L: 3, G: 2, D: 24, F: 32, E: 16, K: 4),
        new("olmoe", L: 3, G: 4, D: 16, F: 32, E: 16, K: 4),
        new("granite", L: 3, G: 2, D: 16, F: 96, Tied: true),
        new("granitemoe", L: 3, G: 2, D: 16, F: 32, Tied: true, E: 8, K: 4),
        new("gemma3", L: 7, G: 2, D: 24, F: 96, Tied: true, Window: 16, Windowed: [0, 1, 2, 3, 4, 6]),
        new("gpt-oss", L: 4, G: 2, D: 16, F: 32, E: 8, K: 4, Window: 16, Windowed: [0, 2]),
    ];

    public static ConfigNumbers Of(string name) => All.Single(family => family.Name == name);

    public long Head => 2L * C * V;

    public long Router => E == 1 ? 0 : 2L * L * C * E;

    public long Experts => 2L * L * (3 * C * (K * F + SharedF) + (SharedGate ? C : 0));

    /// <summary>Query and output matrices of H heads, key and value matrices of G; then every key seen, by H heads, twice D wide.</summary>
    public long Attention(int depth) => 2L * L * C * D * (2 * H + 2 * G) + KeysSeen(depth) * 2 * H * (D + D);

    /// <summary>Over all layers.</summary>
    public long KeysSeen(int depth)
    {
        int windowed = Windowed?.Length ?? 0;
        return windowed * (long)Math.Min(depth + 1, Window) + (L - windowed) * (long)(depth + 1);
    }

    /// <summary>Bytes of keys and values of one token in one layer, in f16.</summary>
    public long KvBytes => G * 2L * D * 2;

    public override string ToString() => Name;
}
