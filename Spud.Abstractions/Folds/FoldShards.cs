using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>Keys of a sequence that are kept apart by their position: the host allocates pages in each domain and appends each key to its shard.</summary>
[Experimental(Experiments.Id)]
public sealed class FoldShards
{
    private readonly Func<int, int> _shardOf;

    /// <summary>A distribution.</summary>
    /// <param name="domains">The memory domain of each shard, at least one; a domain may have several shards.</param>
    /// <param name="shardOf">Shard of a position, 0 .. shards - 1: the same whenever it is asked.</param>
    /// <exception cref="ArgumentException">There is no shard.</exception>
    public FoldShards(ImmutableArray<IMemoryDomain> domains, Func<int, int> shardOf)
    {
        ArgumentNullException.ThrowIfNull(shardOf);
        if (domains.IsDefaultOrEmpty)
            throw new ArgumentException("Keys need at least one shard.", nameof(domains));

        (Domains, _shardOf) = (domains, shardOf);
    }

    /// <summary>The memory domain of each shard.</summary>
    public ImmutableArray<IMemoryDomain> Domains { get; }

    /// <summary>Shard of a position.</summary>
    /// <exception cref="InvalidOperationException">The rule names a shard that does not exist.</exception>
    public int ShardOf(int position)
    {
        int shard = _shardOf(position);
        return (uint)shard < (uint)Domains.Length
            ? shard
            : throw new InvalidOperationException($"fold: position {position} goes to shard {shard} of {Domains.Length}");
    }
}
