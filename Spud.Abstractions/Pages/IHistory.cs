using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// One layer of one sequence between two steps, as a cache policy sees it. Changes take effect when Review returns. The default
/// implementations are for histories of one pool in a policy's own tests; the host implements all members.
/// </summary>
public interface IHistory
{
    /// <summary>Number of committed tokens, kept or not.</summary>
    int Tokens { get; }

    /// <summary>
    /// Shards that keep keys of the layer, each reviewed for itself: what a policy promises of a layer (<see cref="PoolLayout.KeysAtMost"/>) is
    /// promised of all of them together. 1 where keys are not sharded.
    /// </summary>
    [Experimental(Experiments.Id)]
    int Shards => 1;

    /// <summary>[Tokens]: ids of the committed tokens, kept or not, by position.</summary>
    [Experimental(Experiments.Id)]
    ReadOnlySpan<int> TokenIds => throw new NotSupportedException("This history does not provide token ids.");

    /// <summary>Kept runs, oldest first; if the layout has several pools or per-head pages, those of the first pool and head.</summary>
    ReadOnlySpan<KeyRun> Runs { get; }

    /// <summary>Drops keys of a run. The host frees pages that no longer hold kept keys.</summary>
    /// <param name="run">Index into <see cref="Runs"/>.</param>
    /// <param name="firstKey">First key to drop, 0 .. Keys - 1.</param>
    /// <param name="keys">Number of keys to drop, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The run or the keys do not exist.</exception>
    void Drop(int run, int firstKey, int keys);

    /// <summary>Kept runs of a pool and KV head, oldest first.</summary>
    /// <param name="pool">Index into <see cref="CacheLayout.Pools"/>.</param>
    /// <param name="head">0 .. G - 1; in a shared pool all heads have the same runs.</param>
    /// <exception cref="ArgumentOutOfRangeException">The pool or the head does not exist.</exception>
    [Experimental(Experiments.Id)]
    ReadOnlySpan<KeyRun> RunsOf(int pool, int head) => pool == 0 ? Runs : throw new ArgumentOutOfRangeException(nameof(pool));

    /// <summary>Positions of a run's keys, ascending.</summary>
    /// <param name="pool">Index into <see cref="CacheLayout.Pools"/>.</param>
    /// <param name="run">A run of that pool.</param>
    [Experimental(Experiments.Id)]
    ReadOnlySpan<int> PositionsOf(int pool, in KeyRun run) => throw new NotSupportedException("This history does not provide the positions of single keys.");

    /// <summary>Drops keys of a run of a pool and KV head; in a shared pool, for all heads.</summary>
    /// <param name="pool">Index into <see cref="CacheLayout.Pools"/>.</param>
    /// <param name="head">0 .. G - 1.</param>
    /// <param name="run">Index into <see cref="RunsOf"/>.</param>
    /// <param name="firstKey">First key to drop, 0 .. Keys - 1.</param>
    /// <param name="keys">Number of keys to drop, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The run or the keys do not exist.</exception>
    [Experimental(Experiments.Id)]
    void Drop(int pool, int head, int run, int firstKey, int keys)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pool, 0);
        Drop(run, firstKey, keys);
    }

    /// <summary>
    /// Moves what is kept of a run into a later pool, and encodes it in that pool's format. A pool takes keys in ascending order of position, so
    /// the runs of a pool and head are moved oldest first.
    /// </summary>
    /// <param name="pool">Index into <see cref="CacheLayout.Pools"/>.</param>
    /// <param name="head">0 .. G - 1; in a shared pool the keys of all heads move.</param>
    /// <param name="run">Index into <see cref="RunsOf"/>.</param>
    /// <param name="into">A later pool; from a per-head pool, a per-head pool.</param>
    /// <exception cref="ArgumentException">The pool cannot take the run, or a later run was moved before.</exception>
    [Experimental(Experiments.Id)]
    void Encode(int pool, int head, int run, int into) => throw new NotSupportedException("This history has one pool, so keys cannot move.");

    /// <summary>I8 [Bytes]: the policy's own state of the layer as of this border, if it keeps one (<see cref="IKeepsSequenceState"/>).</summary>
    [Experimental(Experiments.Id)]
    TensorView State => throw new NotSupportedException("This history keeps no state for the policy.");

    /// <summary>I8 [NotedRows, RowBytes]: notes of the last rows before this border, by position.</summary>
    [Experimental(Experiments.Id)]
    TensorView Notes => throw new NotSupportedException("This history keeps no notes for the policy.");

    /// <summary>
    /// Adds to each kept key the attention probabilities that the last rows before this border gave it, summed over the rows and over the query
    /// heads of the key's KV head. If keys are sharded, only those of this shard. For layouts with <see cref="CacheLayout.ReadsKeyMass"/>.
    /// </summary>
    /// <param name="notes">The last of the <see cref="Notes"/>, as many as wanted; each begins with a <see cref="QueryNote"/>.</param>
    /// <param name="mass">F32 [G, ContextTokens] on the host, by position; added to.</param>
    [Experimental(Experiments.Id)]
    void AddKeyMass(in TensorView notes, in TensorView mass) => throw new NotSupportedException("This history does not provide key mass.");
}
