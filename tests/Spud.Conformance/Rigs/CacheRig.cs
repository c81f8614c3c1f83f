using System.Collections.Immutable;
using Spud.Composition;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Execution;

namespace Spud.Conformance.Rigs;

/// <summary>A policy over the pages of one sequence, which grows as the engine makes it grow.</summary>
internal sealed class CacheRig : IDisposable
{
    private readonly TestBuild _build;
    private readonly MemoryAccount _memory = new("pages");
    private readonly Lazy<LayerPages> _pages;
    private readonly Lazy<PageTable> _table;
    private int _tokens;

    public CacheRig(Subject subject, TestModel model, Limits limits)
    {
        Model = model;
        _build = new TestBuild(model.Describe(), threads: 1, limits: limits);
        Policy = (ICachePolicy)subject.Create(_build);
        Layout = Policy.Layout(0);
        _pages = new(() => new PageBuilder(_memory, _build.Host, _build.Model, limits, null).Pages(subject.Label, subject.Offer, 0, Layout, _build.Host));
        _table = new(() => new PageTable(_pages.Value, new int[limits.ContextTokens], sequence: 0));
        if (Policy is IKeepsSequenceState keeps && keeps.StateOf(0) is { } layout)
            _pages.Value.Observed = new(new KeptState(_memory, _build.Host, limits, keeps, null!, 0, layout), AddSomeMass);
    }

    public TestModel Model { get; }

    public ICachePolicy Policy { get; }

    public CacheLayout Layout { get; }

    /// <summary>The sequence's; a layout that is impossible has none.</summary>
    public PageTable Table => _table.Value;

    /// <summary>Positions that every head keeps, in any pool.</summary>
    public ImmutableHashSet<int> Kept => [.. Enumerable.Range(0, Model.KvHeads).Select(KeptBy).Aggregate(static (one, other) => one.Intersect(other))];

    /// <summary>Keys that a pool holds, of all its heads together.</summary>
    public int KeysIn(int pool)
    {
        int keys = 0;
        foreach (RunTable table in Table.TablesOf(pool))
            keys += table.Keys;

        return keys;
    }

    private ImmutableHashSet<int> KeptBy(int head)
    {
        ImmutableHashSet<int>.Builder kept = ImmutableHashSet.CreateBuilder<int>();
        for (int pool = 0; pool < _pages.Value.Pools.Length; pool++)
        {
            foreach (KeyRun run in Table.RunsOf(pool, head))
            {
                foreach (int position in Table.PositionsOf(pool, run))
                    kept.Add(position);
            }
        }

        return kept.ToImmutable();
    }

    // No attention was there: some keys of each head are looked at more than others.
    private static void AddSomeMass(PageTable table, int? shard, in TensorView notes, in TensorView mass)
    {
        for (int head = 0; head < mass.Shape[0]; head++)
        {
            Span<float> ofHead = mass.At(head).AsSpan<float>();
            for (int position = 0; position < table.Tokens; position++)
                ofHead[position] += (position * 37 + head * 11) % 101;
        }
    }

    /// <summary>A step with so many rows, committed; the policy is asked where a page was filled.</summary>
    public void Append(int rows)
    {
        Table.Append(_tokens, new int[rows * _pages.Value.First.Tables]);
        _tokens += rows;
        Table.Commit(_tokens, 0, Policy);
    }

    public void Dispose()
    {
        Policy.Dispose();
        _memory.Dispose();
        _build.Dispose();
    }
}
