using System.Collections.Immutable;
using Spud.Configuration;

namespace Spud.Composition;

/// <summary>
/// Expected cost of one token. FLOPs: 2 per multiply-add of every weight matrix taken by a component, and of queries with keys and weights with
/// values; elementwise operations are not counted, and the number format does not matter. If a router chooses the number of experts, the maximum.
/// </summary>
public sealed record ComputeExplanation
{
    /// <summary>FLOPs of one compute unit (CU).</summary>
    public const double FlopsPerUnit = 1e9;

    /// <summary>The first generated token.</summary>
    public required TokenCost DecodeAtStart { get; init; }

    /// <summary>A generated token that is the last to fit the context.</summary>
    public required TokenCost DecodeAtFullContext { get; init; }

    /// <summary>The first token of a prompt, without logits.</summary>
    public required TokenCost PrefillAtStart { get; init; }

    /// <summary>A prompt token that is the last to fit the context, without logits.</summary>
    public required TokenCost PrefillAtFullContext { get; init; }
}

/// <summary>The cost of one token.</summary>
public sealed record TokenCost
{
    /// <summary>Number of tokens before it.</summary>
    public required int Depth { get; init; }

    /// <summary>By role, in the order of the forward pass.</summary>
    public required ImmutableArray<RoleCost> Roles { get; init; }

    /// <summary>FLOPs of all roles.</summary>
    public required long Flops { get; init; }

    /// <summary>The same in units of 10^9.</summary>
    public required double ComputeUnits { get; init; }

    /// <summary>Bytes of weights read by a token alone in its step, in the model's format.</summary>
    public required long WeightBytesRead { get; init; }

    /// <summary>Bytes of keys and values that it reads.</summary>
    public required long KvBytesRead { get; init; }

    /// <summary>Bytes of keys and values that it adds.</summary>
    public required long KvBytesWritten { get; init; }
}

/// <summary>A role's share of the cost of a token.</summary>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Flops">FLOPs.</param>
/// <param name="WeightBytesRead">Bytes of weights read, in the model's format.</param>
public sealed record RoleCost(string Role, long Flops, long WeightBytesRead);
