using System.Collections.Immutable;
using Spud.Configuration;

namespace Spud.Composition;

/// <summary>
/// What one token is expected to cost. FLOPs: 2 per multiply-add of every weight matrix that a component took, and of queries with keys and
/// weights with values; nothing elementwise, independent of the number format. Where a router chooses how many experts it takes, the most.
/// </summary>
public sealed record ComputeExplanation
{
    /// <summary>FLOPs of one compute unit (CU).</summary>
    public const double FlopsPerUnit = 1e9;

    /// <summary>A token that is produced, when it is the first.</summary>
    public required TokenCost DecodeAtStart { get; init; }

    /// <summary>A token that is produced, when it is the last that fits the context.</summary>
    public required TokenCost DecodeAtFullContext { get; init; }

    /// <summary>The first token of a prompt, without logits.</summary>
    public required TokenCost PrefillAtStart { get; init; }

    /// <summary>A prompt's token that is the last to fit the context, without logits.</summary>
    public required TokenCost PrefillAtFullContext { get; init; }
}

/// <summary>The cost of one token.</summary>
public sealed record TokenCost
{
    /// <summary>Tokens before it.</summary>
    public required int Depth { get; init; }

    /// <summary>By role, in the order of the forward pass.</summary>
    public required ImmutableArray<RoleCost> Roles { get; init; }

    /// <summary>FLOPs of all roles.</summary>
    public required long Flops { get; init; }

    /// <summary>The same in units of 10^9.</summary>
    public required double ComputeUnits { get; init; }

    /// <summary>Bytes of weights that a token alone in its step reads, in the model's format.</summary>
    public required long WeightBytesRead { get; init; }

    /// <summary>Bytes of keys and values that it reads.</summary>
    public required long KvBytesRead { get; init; }

    /// <summary>Bytes of keys and values that it adds.</summary>
    public required long KvBytesWritten { get; init; }
}

/// <summary>A role's part in the cost of a token.</summary>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Flops">FLOPs.</param>
/// <param name="WeightBytesRead">In the model's format.</param>
public sealed record RoleCost(string Role, long Flops, long WeightBytesRead);
