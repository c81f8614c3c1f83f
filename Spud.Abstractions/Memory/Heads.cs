namespace Spud;

/// <summary>What <see cref="IAttention.Project"/> computes. RoPE is applied to q and k, and the score scale to q.</summary>
public readonly struct Heads
{
    /// <summary>F32 [T, H, D].</summary>
    public required TensorView Query { get; init; }

    /// <summary>F32 [T, G, D].</summary>
    public required TensorView Key { get; init; }

    /// <summary>F32 [T, G, Dv].</summary>
    public required TensorView Value { get; init; }
}
