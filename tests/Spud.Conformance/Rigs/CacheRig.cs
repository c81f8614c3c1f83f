using System.Collections.Immutable;
using Spud.Composition;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Rigs;

/// <summary>A policy over the pages of one sequence, which grows as the engine makes it grow.</summary>
internal sealed class CacheRig : IDisposable
{
    private readonly TestBuild _build;
    private readonly Lazy<StandaloneHistory> _sequence;

    public CacheRig(Subject subject, TestModel model, Limits limits)
    {
        Model = model;
        _build = new TestBuild(model.Describe(), threads: 1, limits: limits);
        Policy = (ICachePolicy)subject.Create(_build);
        Layout = Policy.Layout(0);
        _sequence = new(() => new StandaloneHistory(Policy, subject.Label, subject.Offer, _build.Model, limits, _build.Host, AddSomeMass));
    }

    public TestModel Model { get; }

    public ICachePolicy Policy { get; }

    public CacheLayout Layout { get; }

    /// <summary>The sequence's; a layout that is impossible has none.</summary>
    public IHistory History => _sequence.Value.History;

    /// <summary>Positions that every head keeps, in any pool.</summary>
    public ImmutableHashSet<int> Kept => [.. Enumerable.Range(0, Model.KvHeads).Select(KeptBy).Aggregate(static (one, other) => one.Intersect(other))];

    /// <summary>Keys that a pool holds, of all its heads together.</summary>
    public int KeysIn(int pool) => _sequence.Value.KeysIn(pool);

    private ImmutableHashSet<int> KeptBy(int head)
    {
        ImmutableHashSet<int>.Builder kept = ImmutableHashSet.CreateBuilder<int>();
        for (int pool = 0; pool < Math.Max(1, Layout.Pools.Length); pool++)
        {
            foreach (KeyRun run in History.RunsOf(pool, head))
            {
                foreach (int position in History.PositionsOf(pool, run))
                    kept.Add(position);
            }
        }

        return kept.ToImmutable();
    }

    // No attention was there: some keys of each head are looked at more than others.
    private static void AddSomeMass(int tokens, TensorView mass)
    {
        for (int head = 0; head < mass.Shape[0]; head++)
        {
            Span<float> ofHead = mass.At(head).AsSpan<float>();
            for (int position = 0; position < tokens; position++)
                ofHead[position] += (position * 37 + head * 11) % 101;
        }
    }

    /// <summary>A step with so many rows, committed; the policy is asked where a page was filled.</summary>
    public void Append(int rows) => _sequence.Value.Append(rows);

    public void Dispose()
    {
        if (_sequence.IsValueCreated)
            _sequence.Value.Dispose();

        Policy.Dispose();
        _build.Dispose();
    }
}
