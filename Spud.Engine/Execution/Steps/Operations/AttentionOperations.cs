namespace Spud.Execution;

/// <summary>Computes queries, keys and values of the new rows.</summary>
internal sealed class ProjectOperation(BoundComponent<IAttention> attention, int layer, int costSlot) : ComponentOperation(attention, layer, costSlot)
{
    public override string Name => "project";

    public override void Run(Batch batch, StepMeter meter) =>
        attention.Component.Project(layer, StepOf(isFirst: true), Domain.Hidden(batch.Rows), Domain.Attention.Heads(layer, batch.Rows));
}

/// <summary>Writes keys and values of the new rows to the layer's pages, in each domain that has some of them.</summary>
internal sealed class AppendOperation(BoundComponent<ICachePolicy> cache, BoundComponent<IAttention> attention, StepDomain[] domains, PageStore pages, int layer, int costSlot)
    : Operation(cache, layer, attention.Domain, costSlot)
{
    public override string Name => "append";

    // The pages are in the attention's domain, which writes them; the policy is not called.
    public override BoundComponent Blamed => attention;

    public override void Run(Batch batch, StepMeter meter)
    {
        pages.Place(layer, batch);
        for (int pool = 0; pool < domains.Length; pool++)
            pages.Append(layer, pool, batch, domains[pool].Attention.Heads(layer, batch.Rows));

        meter.CountKeys(layer, batch);
    }
}

/// <summary>Folds queries over the pages of a pool, over all its shards at once, into the attention state, which is empty before the first pool of a layer.</summary>
internal sealed class FoldOperation(BoundComponent<IAttention> attention, LayerParts parts, PageStore pages, int layer, int pool, int costSlot)
    : ComponentOperation(attention, layer, costSlot)
{
    private readonly PageView[] _shards = new PageView[pages.Layers[layer].ShardCount];

    public override string Name => $"fold{string.Concat(parts.FoldNames.Select(static name => $" {name}"))}";

    public override void Run(Batch batch, StepMeter meter)
    {
        AttentionState state = Domain.Attention.State(layer, batch.Rows);
        if (pool == 0)
            Domain.Attention.Empty(state);

        bool any = false;
        for (int shard = 0; shard < _shards.Length; shard++)
            any |= pages.TryView(layer, pool * _shards.Length + shard, batch, out _shards[shard]);

        if (any)
            parts.Fold.Fold(layer, StepOf(isFirst: false), Domain.Attention.Heads(layer, batch.Rows).Query, _shards, state);
    }
}

/// <summary>Shows the cache policy the queries of a step that has rows it notes.</summary>
internal sealed class ObserveOperation(BoundComponent<ICachePolicy> cache, IObservesQueries observer, PageStore pages, int layer, int costSlot) : ComponentOperation(cache, layer, costSlot)
{
    private readonly PageView[] _views = new PageView[pages.Layers[layer].Pools.Length];

    public override string Name => "observe";

    public override void Run(Batch batch, StepMeter meter)
    {
        if (!State!.NotesAny(batch.Step))
            return;

        for (int pool = 0; pool < _views.Length; pool++)
            pages.TryView(layer, pool, batch, out _views[pool]);

        AttentionState state = Domain.Attention.State(layer, batch.Rows) with { Accumulator = default };
        observer.Observe(layer, StepOf(isFirst: true), Domain.Attention.Heads(layer, batch.Rows).Query, state, _views);
    }
}

/// <summary>Adds the attention output to the hidden rows.</summary>
internal sealed class FinishOperation(BoundComponent<IAttention> attention, int layer, int costSlot) : ComponentOperation(attention, layer, costSlot)
{
    public override string Name => "finish";

    public override bool WritesHidden => true;

    public override void Run(Batch batch, StepMeter meter) =>
        attention.Component.Finish(layer, StepOf(isFirst: false), Domain.Attention.State(layer, batch.Rows), Domain.Hidden(batch.Rows));
}
