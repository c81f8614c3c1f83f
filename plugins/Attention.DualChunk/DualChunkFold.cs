using Spud;

namespace Attention.DualChunk;

/// <summary>
/// Dual chunk attention around any fold. Keys stay as stored, rotated by their positions; for the keys of each chunk, the queries are rotated
/// back to the distance given by <see cref="ChunkRule"/>, and the inner fold's result for the chunk is merged into the state.
/// </summary>
internal sealed class DualChunkFold : IFold, IGivesKeyMass
{
    private readonly ChunkRule _rule;
    private readonly QueryTurner _turner;
    private readonly ChunkRuns _runs;
    private readonly IFold _inner;

    /// <exception cref="RefusedException">The options are inconsistent.</exception>
    public DualChunkFold(DualChunkOptions options, IFoldBuildContext build, Func<FoldRank, IFold> inner)
    {
        _rule = ChunkRule.Of(options, build.Model.ContextTokens);
        _turner = new(build, _rule, options.ScaleScores);

        // One chunk, or all keys that need no rotation.
        _runs = new(build, (int)Math.Min(int.MaxValue, _rule.MaxDistance + 1));
        _inner = inner(new() { Domain = build.Domain, Pool = build.Pool });
    }

    public bool TellsKeyMass => _inner is IGivesKeyMass { TellsKeyMass: true };

    public void Fold(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state) =>
        Attend(layer, step, query, shards[0], state, mass: default);

    /// <inheritdoc/>
    /// <remarks>A policy that observes attention sees it as computed: the queries are rotated here too.</remarks>
    public void AddKeyMass(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state, in TensorView mass) =>
        Attend(layer, step, query, shards[0], state, mass);

    public void Dispose()
    {
    }

    private void Attend(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state, in TensorView mass)
    {
        int last = LastPosition(step), still = _rule.FirstStill(last);
        bool scales = _turner.Scales(last);
        if (!_turner.Turns(layer) || still == 0 && !scales)
        {
            Inner(layer, step, query, pages, state, mass);
            return;
        }

        TensorView asked = _turner.Begin(query);
        _runs.Begin(pages);
        for (int chunk = 0; chunk < still; chunk++)
        {
            if (_runs.TryTake((chunk + 1L) * _rule.ChunkTokens, out PageView part))
                Inner(layer, step, _turner.For(layer, step, asked, chunk), part, state, mass);
        }

        if (_runs.TryTake(last + 1L, out PageView rest))
            Inner(layer, step, scales ? _turner.For(layer, step, asked, last / _rule.ChunkTokens) : query, rest, state, mass);
    }

    private void Inner(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state, in TensorView mass)
    {
        ReadOnlySpan<PageView> shards = new(in pages);
        if (mass.IsPresent)
            ((IGivesKeyMass)_inner).AddKeyMass(layer, step, query, shards, state, mass);
        else
            _inner.Fold(layer, step, query, shards, state);
    }

    private static int LastPosition(in Step step)
    {
        int last = 0;
        foreach (ref readonly SequenceSlice slice in step.Sequences)
            last = Math.Max(last, slice.FirstPosition + slice.Rows - 1);

        return last;
    }
}
