using System.Collections.Immutable;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Execution;

namespace Spud.Conformance.Rigs;

/// <summary>A policy over the pages of one sequence, which grows as the engine makes it grow.</summary>
internal sealed class CacheRig : IDisposable
{
    private readonly TestBuild _build;
    private readonly Limits _limits;
    private readonly Lazy<LayerPages> _pages;
    private readonly Lazy<PageTable> _table;
    private int _tokens;

    public CacheRig(Subject subject, TestModel model, Limits limits)
    {
        (Model, _limits) = (model, limits);
        _build = new TestBuild(model.Describe(), threads: 1, limits: limits);
        Policy = (ICachePolicy)subject.Create(_build);
        Layout = Policy.Layout(0);
        _pages = new(NewPages);
        _table = new(() => new PageTable(_pages.Value));
    }

    public TestModel Model { get; }

    public ICachePolicy Policy { get; }

    public CacheLayout Layout { get; }

    /// <summary>The sequence's; a layout that is impossible has none.</summary>
    public PageTable Table => _table.Value;

    /// <summary>Positions that are kept.</summary>
    public ImmutableHashSet<int> Kept
    {
        get
        {
            ImmutableHashSet<int>.Builder kept = ImmutableHashSet.CreateBuilder<int>();
            foreach (KeyRun run in Table.Runs)
            {
                foreach (int position in _pages.Value.Pool.Positions.At(run.Page).Rows(run.FirstKey, run.Keys).AsSpan<int>())
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

    private LayerPages NewPages()
    {
        int perSequence = (int)((Math.Min((long)Layout.TokensAtMost + _limits.Rows, _limits.ContextTokens) + Layout.PageTokens - 1) / Layout.PageTokens) + 1;
        PagePool pool = new()
        {
            Keys = _build.Allocate(_build.Host, Layout.Keys, perSequence, Model.KvHeads, Layout.PageTokens, Model.KeyWidth),
            Values = _build.Allocate(_build.Host, Layout.Values, perSequence, Model.KvHeads, Layout.PageTokens, Model.ValueWidth),
            Positions = _build.Allocate(_build.Host, ElementType.I32, perSequence, Layout.PageTokens),
        };
        return new LayerPages(_build.Host, Layout, pool, perSequence);
    }
}
