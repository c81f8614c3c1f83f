using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>Distributes the keys of a sequence over shards by their position. The host allocates pages in the domain of each shard and appends each key to its shard.</summary>
[Experimental(Experiments.Id)]
public sealed class FoldShards
{
    private readonly Func<int, int> _shardOf;

    /// <summary>Defines the shards.</summary>
    /// <param name="domains">The memory domain of each shard, at least one; a domain may have several shards.</param>
    /// <param name="shardOf">Returns the shard of a position, 0 .. shards - 1; always the same for a position.</param>
    /// <exception cref="ArgumentException"><paramref name="domains"/> is empty.</exception>
    public FoldShards(ImmutableArray<IMemoryDomain> domains, Func<int, int> shardOf)
    {
        ArgumentNullException.ThrowIfNull(shardOf);
        if (domains.IsDefaultOrEmpty)
            throw new ArgumentException("fold: expected at least one shard, got none", nameof(domains));

        (Domains, _shardOf) = (domains, shardOf);
    }

    /// <summary>The memory domain of each shard.</summary>
    public ImmutableArray<IMemoryDomain> Domains { get; }

    /// <summary>Shard of a position.</summary>
    /// <param name="position">At least 0.</param>
    /// <exception cref="InvalidOperationException">The rule returned a shard that does not exist.</exception>
    public int ShardOf(int position)
    {
        int shard = _shardOf(position);
        return (uint)shard < (uint)Domains.Length
            ? shard
            : throw new InvalidOperationException($"fold: position {position} was assigned to shard {shard}; expected 0 to {Domains.Length - 1}");
    }
}
