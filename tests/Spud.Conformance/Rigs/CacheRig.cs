using System.Collections.Immutable;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Runtime.Execution;

namespace Spud.Conformance.Rigs;

/// <summary>A policy over the pages of one sequence, which grows as the engine makes it grow.</summary>
internal sealed class CacheRig : IDisposable
{
    private readonly TestBuild _build;
    private readonly PagePool _pool;
    private int _tokens;

    public CacheRig(Subject subject, TestModel model, Limits limits)
    {
        Model = model;
        _build = new TestBuild(model.Describe(), threads: 1, limits: limits);
        Policy = (ICachePolicy)subject.Create(_build);
        Layout = Policy.Layout(0);
        int perSequence = (int)((Math.Min((long)Layout.TokensAtMost + limits.Rows, limits.ContextTokens) + Layout.PageTokens - 1) / Layout.PageTokens) + 1;
        _pool = new()
        {
            Keys = _build.Allocate(_build.Host, Layout.Keys, perSequence, model.KvHeads, Layout.PageTokens, model.KeyWidth),
            Values = _build.Allocate(_build.Host, Layout.Values, perSequence, model.KvHeads, Layout.PageTokens, model.ValueWidth),
            Positions = _build.Allocate(_build.Host, ElementType.I32, perSequence, Layout.PageTokens),
        };
        Table = new PageTable(new LayerPages(_build.Host, Layout, _pool, perSequence));
    }

    public TestModel Model { get; }

    public ICachePolicy Policy { get; }

    public CacheLayout Layout { get; }

    public PageTable Table { get; }

    /// <summary>Positions that are kept.</summary>
    public ImmutableHashSet<int> Kept
    {
        get
        {
            ImmutableHashSet<int>.Builder kept = ImmutableHashSet.CreateBuilder<int>();
            foreach (KeyRun run in Table.Runs)
            {
                foreach (int position in _pool.Positions.At(run.Page).Rows(run.FirstKey, run.Keys).AsSpan<int>())
                    kept.Add(position);
            }

            return kept.ToImmutable();
        }
    }

    /// <summary>A step with so many rows, committed; the policy is asked where a page was filled.</summary>
    public void Append(int rows)
    {
        Table.Append(_tokens, new int[rows]);
        _tokens += rows;
        Table.Commit(_tokens, 0, Policy);
    }

    public void Dispose()
    {
        Policy.Dispose();
        _build.Dispose();
    }
}
