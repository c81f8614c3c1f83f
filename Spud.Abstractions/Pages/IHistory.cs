using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// One layer of one sequence between two steps, as a cache policy sees it. Changes take effect when Review returns. The bodies of some
/// members serve histories that a policy's own tests make, with one pool; the host's has all that its layout names.
/// </summary>
public interface IHistory
{
    /// <summary>Committed tokens, kept or not.</summary>
    int Tokens { get; }

    /// <summary>[Tokens]: ids of the committed tokens, kept or not, by position.</summary>
    [Experimental(Experiments.Id)]
    ReadOnlySpan<int> TokenIds => throw new NotSupportedException("This history does not know the tokens.");

    /// <summary>Kept runs, oldest first; where the layout has several pools or heads, those of the first.</summary>
    ReadOnlySpan<KeyRun> Runs { get; }

    /// <summary>Forgets keys of a run; the host frees pages that nothing keeps any more.</summary>
    /// <param name="run">Index into <see cref="Runs"/>.</param>
    /// <param name="firstKey">First key of the run that goes, 0 .. Keys - 1.</param>
    /// <param name="keys">How many go, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such keys.</exception>
    void Drop(int run, int firstKey, int keys);

    /// <summary>Kept runs of a pool and KV head, oldest first.</summary>
    /// <param name="pool">Index into <see cref="CacheLayout.Pools"/>.</param>
    /// <param name="head">0 .. G - 1; in a pool that the heads share, every head has the same runs.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such pool or head.</exception>
    [Experimental(Experiments.Id)]
    ReadOnlySpan<KeyRun> RunsOf(int pool, int head) => pool == 0 ? Runs : throw new ArgumentOutOfRangeException(nameof(pool));

    /// <summary>Positions of a run's keys, ascending.</summary>
    /// <param name="pool">Index into <see cref="CacheLayout.Pools"/>.</param>
    /// <param name="run">One of its runs.</param>
    [Experimental(Experiments.Id)]
    ReadOnlySpan<int> PositionsOf(int pool, in KeyRun run) => throw new NotSupportedException("This history does not know the positions of single keys.");

    /// <summary>Forgets keys of a run of a pool and KV head; in a pool that the heads share, for all of them.</summary>
    /// <param name="pool">Index into <see cref="CacheLayout.Pools"/>.</param>
    /// <param name="head">0 .. G - 1.</param>
    /// <param name="run">Index into <see cref="RunsOf"/>.</param>
    /// <param name="firstKey">First key of the run that goes, 0 .. Keys - 1.</param>
    /// <param name="keys">How many go, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such keys.</exception>
    [Experimental(Experiments.Id)]
    void Drop(int pool, int head, int run, int firstKey, int keys)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pool, 0);
        Drop(run, firstKey, keys);
    }

    /// <summary>
    /// Moves what is kept of a run into a later pool, in that pool's format. A pool takes keys in ascending order of their positions; of
    /// one pool and head, runs are named oldest first.
    /// </summary>
    /// <param name="pool">Index into <see cref="CacheLayout.Pools"/>.</param>
    /// <param name="head">0 .. G - 1; in a pool that the heads share, all of them move.</param>
    /// <param name="run">Index into <see cref="RunsOf"/>.</param>
    /// <param name="into">A later pool. From a per-head pool, a per-head pool.</param>
    /// <exception cref="ArgumentException">The pool cannot take it, or a later run was named before.</exception>
    [Experimental(Experiments.Id)]
    void Encode(int pool, int head, int run, int into) => throw new NotSupportedException("This history has one pool.");

    /// <summary>I8 [Bytes]: the policy's own state of the layer as of this border, if it keeps one (<see cref="IKeepsSequenceState"/>).</summary>
    [Experimental(Experiments.Id)]
    TensorView State => throw new NotSupportedException("This history has no state of the policy.");

    /// <summary>I8 [NotedRows, RowBytes]: the notes of the last rows before this border, in the order of their positions.</summary>
    [Experimental(Experiments.Id)]
    TensorView Notes => throw new NotSupportedException("This history has no notes of the policy.");

    /// <summary>
    /// Adds to each kept key how much the last rows before this border looked at it: the probabilities that they gave it, summed over the rows and
    /// over the query heads of the key's KV head. Where keys are sharded, to those of this shard. For layouts that say <see cref="CacheLayout.ReadsKeyMass"/>.
    /// </summary>
    /// <param name="notes">Some of the last <see cref="Notes"/>, up to the border; each begins with a <see cref="QueryNote"/>.</param>
    /// <param name="mass">F32 [G, ContextTokens] on the host, by position; added to.</param>
    [Experimental(Experiments.Id)]
    void AddKeyMass(in TensorView notes, in TensorView mass) => throw new NotSupportedException("This history does not know what attention looked at.");
}
