namespace Spud.Execution;

/// <summary>
/// A copy between two memory domains, one of which is the host's. Readers on the host wait for it; a device executes its work in the
/// order in which it was queued.
/// </summary>
/// <param name="from">The source domain.</param>
/// <param name="to">The target domain.</param>
/// <param name="component">The component on the device's side, which is blamed for a lost device.</param>
/// <param name="layer">Layer of the model; null if none.</param>
/// <param name="costSlot">The slot for its time.</param>
internal abstract class CopyOperation(StepDomain from, StepDomain to, BoundComponent component, int? layer, int costSlot)
    : Operation(component, layer, to, costSlot)
{
    public sealed override string Name => "copy";

    /// <summary>"hidden rows", "routing plan", …</summary>
    public abstract string What { get; }

    public StepDomain From => from;

    public abstract long BytesPerToken { get; }

    protected void WaitForHost()
    {
        if (Domain.IsHost)
            DomainCopies.Wait(from.Memory);
    }
}

/// <summary>Copies the step's ids and positions to a device.</summary>
internal sealed class UploadOperation(StepDomain host, StepDomain device, BoundComponent component, int costSlot)
    : CopyOperation(host, device, component, null, costSlot)
{
    public override string What => "ids and positions";

    public override long BytesPerToken => 3 * sizeof(int);

    public override void Run(Batch batch, StepMeter meter) => Domain.Upload(batch.Step, batch.Slices);
}

/// <summary>Copies the residual stream to the component that reads it next.</summary>
internal sealed class CopyHiddenOperation(StepDomain from, StepDomain to, BoundComponent component, int hiddenWidth, int? layer, int costSlot)
    : CopyOperation(from, to, component, layer, costSlot)
{
    public override string What => "hidden rows";

    public override bool WritesHidden => true;

    public override long BytesPerToken => (long)hiddenWidth * sizeof(float);

    public override void Run(Batch batch, StepMeter meter)
    {
        DomainCopies.Copy(From.Hidden(batch.Rows), Domain.Hidden(batch.Rows));
        WaitForHost();
    }
}

/// <summary>Copies keys and values of the new rows to the domain of a shard: of the rows that go there, or of all on their way through the host.</summary>
internal sealed class CopyKeysOperation(StepDomain from, StepDomain to, BoundComponent<IAttention> attention, KvGeometry kv, FoldShards shards, int layer, int costSlot)
    : CopyOperation(from, to, attention, layer, costSlot)
{
    public override string What => "keys and values";

    /// <summary>On average.</summary>
    public override long BytesPerToken =>
        (long)kv.Heads * (kv.KeyWidth + kv.ValueWidth) * sizeof(float) * (Domain.IsHost ? 1 : shards.Domains.Count(domain => domain == Domain.Memory)) / (Domain.IsHost ? 1 : shards.Domains.Length);

    public override void Run(Batch batch, StepMeter meter)
    {
        ReadOnlySpan<int> positions = batch.Step.Positions.AsSpan<int>();
        for (int first = 0, end; first < positions.Length; first = end)
        {
            bool goes = Goes(positions[first]);
            end = first + 1;
            while (end < positions.Length && Goes(positions[end]) == goes)
                end++;

            if (goes)
                Copy(batch.Rows, first, end - first);
        }

        WaitForHost();
    }

    private bool Goes(int position) => Domain.IsHost || shards.Domains[shards.ShardOf(position)] == Domain.Memory;

    private void Copy(int rows, int first, int count)
    {
        Heads source = From.Attention.Heads(layer, rows), target = Domain.Attention.Heads(layer, rows);
        DomainCopies.Copy(source.Key.Rows(first, count), target.Key.Rows(first, count));
        DomainCopies.Copy(source.Value.Rows(first, count), target.Value.Rows(first, count));
    }
}

/// <summary>Copies queries, and the results of their folds, to the policy that observes them, in steps that have rows it notes.</summary>
internal sealed class CopyQueriesOperation(StepDomain host, BoundComponent<IAttention> attention, KeptState observed, LayerDescription of, int layer, int costSlot)
    : CopyOperation(attention.Domain, host, attention, layer, costSlot)
{
    public override string What => "queries";

    public override long BytesPerToken => (long)of.QueryHeads * (of.Kv.KeyWidth + 2) * sizeof(float);

    public override void Run(Batch batch, StepMeter meter)
    {
        if (!observed.NotesAny(batch.Step))
            return;

        AttentionState source = From.Attention.State(layer, batch.Rows), target = Domain.Attention.State(layer, batch.Rows);
        DomainCopies.Copy(From.Attention.Heads(layer, batch.Rows).Query, Domain.Attention.Heads(layer, batch.Rows).Query);
        DomainCopies.Copy(source.Max, target.Max);
        DomainCopies.Copy(source.Sum, target.Sum);
        WaitForHost();
    }
}

/// <summary>Copies a routing plan to the host, which checks it, or from there to the experts.</summary>
internal sealed class CopyPlanOperation(StepDomain from, StepDomain to, (LayerPlan From, LayerPlan To) plan, BoundComponent component, int layer, int costSlot)
    : CopyOperation(from, to, component, layer, costSlot)
{
    public override string What => "routing plan";

    public override long BytesPerToken => plan.From.BytesPerRow;

    /// <summary>Whether the plan is checked immediately afterwards, rather than at the end of the step.</summary>
    public bool IsAwaited { get; init; }

    public override void Run(Batch batch, StepMeter meter)
    {
        DomainCopies.Copy(plan.From.Of(batch.Rows), plan.To.Of(batch.Rows));
        if (IsAwaited)
            WaitForHost();
    }
}

/// <summary>Copies logits to the host.</summary>
internal sealed class CopyLogitsOperation(BoundComponent<IHead> head, StepDomain host, int vocabulary, int costSlot)
    : CopyOperation(head.Domain, host, head, null, costSlot)
{
    public override string What => "logits";

    public override long BytesPerToken => (long)vocabulary * sizeof(float);

    public override void Run(Batch batch, StepMeter meter)
    {
        if (batch.LogitRowCount > 0)
            DomainCopies.Copy(From.Logits(batch), Domain.Logits(batch));
    }
}

/// <summary>Copies rows after the final norm to the host.</summary>
internal sealed class CopyNormedOperation(BoundComponent<IHead> head, StepDomain host, int hiddenWidth, int costSlot) : CopyOperation(head.Domain, host, head, null, costSlot)
{
    public override string What => "normed rows";

    public override long BytesPerToken => (long)hiddenWidth * sizeof(float);

    public override void Run(Batch batch, StepMeter meter)
    {
        DomainCopies.Copy(From.Normed(batch.NormedRowCount), Domain.Normed(batch.NormedRowCount));
        WaitForHost();
    }
}

/// <summary>Waits until a device has finished all its queued work.</summary>
internal sealed class WaitOperation(StepDomain device, BoundComponent component, int costSlot) : Operation(component, null, device, costSlot)
{
    public override string Name => "wait";

    public override void Run(Batch batch, StepMeter meter) => DomainCopies.Wait(Domain.Memory);
}
