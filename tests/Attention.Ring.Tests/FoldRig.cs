using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Conformance.Fixtures;
using Spud.Plugins;
using Xunit;

namespace Attention.Tests;

/// <summary>An attention and a fold decorator around it, over keys that are known by their positions; the tests of several decorators compile this file.</summary>
internal sealed class FoldRig : IDisposable
{
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Reference, TestData.Plugins]);

    private readonly TestModel _model;
    private readonly SequenceSlice[] _slices;
    private readonly TestBuild _build;
    private readonly IAttention _attention;
    private readonly StandaloneFold _fold;
    private readonly TensorView _query;

    public FoldRig(string attention, TestModel model, SequenceSlice[] slices, string decorator, string? options)
    {
        (_model, _slices, _build) = (model, slices, new TestBuild(model.Describe()));
        StandaloneComponent component = StandaloneComponent.Bind(s_plugins, Roles.Attention, attention, "{}", _build.Model);
        _attention = (IAttention)component.Create(_build);
        CacheLayout layout = new() { PageTokens = 16, Keys = ElementType.F32, Values = ElementType.F32, TokensAtMost = _build.Limits.ContextTokens };
        _fold = new(_attention, component.Name, _build, layout, options is null ? [] : [StandaloneComponent.BindFold(s_plugins, decorator, options, _build.Model)]);
        int rows = slices.Sum(static slice => slice.Rows);
        _query = _build.Floats([.. Enumerable.Range(0, rows).SelectMany(row => TestPages.KeyOf(model with { KvHeads = model.QueryHeads }, 1000, row))], rows, model.QueryHeads, model.KeyWidth);
    }

    public static double[] Double(float[] values) => [.. values.Select(static value => (double)value)];

    public double[] QueryOf(int row) => Double(_query.At(row).AsSpan<float>().ToArray());

    /// <summary>The accumulators over the sums, [T, H, Dv].</summary>
    public float[] Attended(Func<int, bool> kept)
    {
        AttentionState state = Folded(Shards(kept));
        float[] sums = state.Sum.AsSpan<float>().ToArray();
        return [.. state.Accumulator.AsSpan<float>().ToArray().Select((value, i) => value / sums[i / _model.ValueWidth])];
    }

    /// <summary>The masses of all keys, [G, ContextTokens].</summary>
    public float[] Mass()
    {
        PageView[] shards = Shards(static _ => true);
        AttentionState state = Folded(shards);
        TensorView mass = _build.Floats(default, _model.KvHeads, _build.Limits.ContextTokens);
        IGivesKeyMass fold = _fold.Fold as IGivesKeyMass ?? (IGivesKeyMass)_attention;
        Assert.True(fold.TellsKeyMass);
        fold.AddKeyMass(0, TestStep.Of(_build, _slices), _query, shards, state with { Accumulator = default }, mass);
        return mass.AsSpan<float>().ToArray();
    }

    public void Dispose()
    {
        _fold.Dispose();
        _attention.Dispose();
        _build.Dispose();
    }

    private AttentionState Folded(PageView[] shards)
    {
        (int t, int h, int dv) = (_query.Shape[0], _model.QueryHeads, _model.ValueWidth);
        AttentionState state = new() { Max = _build.Floats(default, t, h), Sum = _build.Floats(default, t, h), Accumulator = _build.Floats(default, t, h, dv) };
        _build.Spoil();
        _fold.Fold.Fold(0, TestStep.Of(_build, _slices), _query, shards, state);
        return state;
    }

    private PageView[] Shards(Func<int, bool> kept) => [.. Enumerable.Range(0, _fold.Fold.Shards?.Domains.Length ?? 1).Select(shard =>
    {
        TestPages pages = new() { PageTokens = 16, Type = ElementType.F32 };
        foreach (SequenceSlice slice in _slices)
            pages.Add(slice.Id, Enumerable.Range(0, slice.FirstPosition + slice.Rows).Where(position => kept(position) && (_fold.Fold.Shards?.ShardOf(position) ?? 0) == shard));

        return pages.Build(_build, _model);
    })];
}
