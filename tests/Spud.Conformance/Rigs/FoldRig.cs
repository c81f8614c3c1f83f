using Spud.Composition;
using Spud.Configuration;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Plugins;

namespace Spud.Conformance.Rigs;

/// <summary>The reference attention's fold over the pages of one step, decorated or plain; keys lie in the shards that the decorator names.</summary>
internal sealed class FoldRig : IDisposable
{
    private readonly IAttention _attention;
    private readonly StandaloneFold _standalone;
    private readonly TensorView _max, _sum, _accumulator;
    private readonly TestMemory _memory = new();

    /// <param name="catalog">Has the reference plugin.</param>
    /// <param name="decorator">Null: the plain fold.</param>
    /// <param name="settings">Model, step and pages.</param>
    public FoldRig(PluginCatalog catalog, Subject? decorator, RigSettings settings)
    {
        Settings = settings;
        Build = new TestBuild(settings.Model.Describe(), settings.Threads, settings.Weights, settings.Limits);
        StandaloneComponent attention = StandaloneComponent.Bind(catalog, Roles.Attention, "reference/reference", "{}", Build.Model);
        _attention = (IAttention)attention.Create(Build);
        CacheLayout layout = new() { PageTokens = settings.PageTokens, Keys = settings.Pages, Values = settings.Pages, TokensAtMost = Build.Limits.ContextTokens };
        _standalone = new(_attention, attention.Name, Build, layout, decorator is null ? [] : [decorator.BindFold()]);
        Shards = Fold.Shards?.Domains.Length ?? 1;
        int rows = settings.Slices.Sum(slice => slice.Rows);
        (int h, int d, int dv) = (settings.Model.QueryHeads, settings.Model.KeyWidth, settings.Model.ValueWidth);
        Query = Build.Floats(Enumerable.Range(0, rows).SelectMany(row => Samples.Of($"query {row}", h * d)).ToArray(), rows, h, d);
        _max = _memory.Allocate(Build.Host, ElementType.F32, rows, h);
        _sum = _memory.Allocate(Build.Host, ElementType.F32, rows, h);
        _accumulator = _memory.Allocate(Build.Host, ElementType.F32, rows, h, dv);
        Step = TestStep.Of(Build, settings.Slices);
    }

    public TestBuild Build { get; }

    public RigSettings Settings { get; }

    public Step Step { get; }

    public TensorView Query { get; }

    public int Shards { get; }

    private IFold Fold => _standalone.Fold;

    /// <summary>The accumulators over the sums, [T, H, Dv].</summary>
    /// <param name="parts">The positions of the pages of each call, one after the other, as a layer with several pools has it; none: one call over all.</param>
    public float[] Attended(params Func<int, bool>[] parts)
    {
        _max.AsSpan<float>().Fill(float.NaN);
        _accumulator.AsSpan<float>().Fill(float.NaN);
        _sum.AsSpan<float>().Clear();
        Build.Spoil();
        foreach (Func<int, bool> part in parts is [] ? [static _ => true] : parts)
        {
            PageView[] shards = [.. Enumerable.Range(0, Shards).Select(shard => Pages(shard, part).Build(Build, Settings.Model))];
            Fold.Fold(0, Step, Query, shards, new() { Max = _max, Sum = _sum, Accumulator = _accumulator });
        }

        float[] sums = _sum.AsSpan<float>().ToArray();
        return [.. _accumulator.AsSpan<float>().ToArray().Select((value, i) => value / sums[i / Settings.Model.ValueWidth])];
    }

    public void Dispose()
    {
        _standalone.Dispose();
        _attention.Dispose();
        _memory.Dispose();
        Build.Dispose();
    }

    private TestPages Pages(int shard, Func<int, bool> part)
    {
        TestPages pages = new() { PageTokens = Settings.PageTokens, Type = Settings.Pages };
        foreach (SequenceSlice slice in Settings.Slices)
            pages.Add(slice.Id, Enumerable.Range(0, slice.FirstPosition + slice.Rows).Where(position => part(position) && (Fold.Shards is not { } rule || rule.ShardOf(position) == shard)));

        return pages;
    }
}
