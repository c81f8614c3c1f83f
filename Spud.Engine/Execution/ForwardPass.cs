using Spud.Composition;
using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// One step through the pipeline: the diagram of the README in code. The residual stream and the plans go where the next component works;
/// on a pipeline of one domain nothing is copied. Nothing is allocated and nothing looked up by name.
/// </summary>
internal sealed class ForwardPass(PipelineParts pipeline, StepMeter meter)
{
    private readonly PageStore _pages = pipeline.Pages;
    private readonly Places _places = pipeline.Places;
    private readonly ResidualStream _stream = pipeline.Places.Stream;
    private readonly PlanDelivery _plans = new(pipeline, meter);
    private Place _here = pipeline.Places.Host;

    /// <summary>Who was at work last: the guilty one if a step throws.</summary>
    public (string Role, string Component, int? Layer) At { get; private set; } = (Roles.Head, "", null);

    /// <summary>The device that was at work last; the host's domain if none was.</summary>
    public IMemoryDomain Device => (_here.IsHost ? _stream.At : _here).Domain;

    /// <summary>Computes the batch's logits; its rows stay pending.</summary>
    /// <exception cref="OperationCanceledException">Every sequence of the batch was cancelled.</exception>
    public void Run(Batch batch)
    {
        int layers = pipeline.Model.Layers.Length;
        meter.Begin(batch);
        Place here = Enter(Roles.Head, pipeline.Head, null);
        _places.Begin(batch);
        _plans.Begin();
        pipeline.Head.Component.Embed(here.Step, _stream.Begin(here, batch.Rows));
        meter.Stamp(layers, RoleSlot.Head);
        Phase phase = here.Step.Sequences[0].Phase;
        for (int layer = 0; layer < layers; layer++)
        {
            if (batch.IsCancelled)
                throw new OperationCanceledException(batch.Entries[0].Sequence.Cancellation);

            LayerParts parts = pipeline.At(layer, phase);
            Attend(layer, parts.Attention, batch);
            Mix(layer, parts, batch);
        }

        Read(batch);
        Settle(batch, phase);
        meter.Stamp(layers, RoleSlot.Head);
    }

    private void Attend(int layer, Placed<IAttention> attention, Batch batch)
    {
        Place here = Enter(Roles.Attention, attention, layer);
        TensorView hidden = _stream.MoveTo(here);
        Heads heads = here.Attention.Heads(layer, batch.Rows);
        AttentionState state = here.Attention.EmptyState(layer, batch.Rows);
        attention.Component.Project(layer, here.Step, hidden, heads);
        meter.Stamp(layer, RoleSlot.Attention);
        _pages.Append(layer, batch, heads);
        meter.CountKeys(layer, batch);
        meter.Stamp(layer, RoleSlot.Cache);
        for (int pool = 0; pool < _pages.Layers[layer].Pools.Length; pool++)
        {
            if (_pages.TryView(layer, pool, batch, out PageView pages))
                attention.Component.Fold(layer, here.Step, heads.Query, pages, state);
        }

        attention.Component.Finish(layer, here.Step, state, hidden);
        meter.Stamp(layer, RoleSlot.Attention);
    }

    private void Mix(int layer, LayerParts parts, Batch batch)
    {
        RoutingPlan plan = parts.Router is { } router ? Route(layer, router, parts.Experts.Place, batch) : _plans.One(layer, parts.Experts.Place, batch);
        meter.Stamp(layer, RoleSlot.Router);
        Place here = Enter(Roles.Experts, parts.Experts, layer);
        TensorView hidden = _stream.MoveTo(here);
        parts.Experts.Component.Execute(layer, here.Step, hidden, plan, hidden);
        meter.Stamp(layer, RoleSlot.Experts);
    }

    private RoutingPlan Route(int layer, Placed<IRouter> router, Place experts, Batch batch)
    {
        Place here = Enter(Roles.Router, router, layer);
        RoutingPlan plan = here.Plans.Of(batch.Rows, router.Component.MaxExpertsPerRow);
        router.Component.Route(layer, here.Step, _stream.ReadAt(here), plan);
        return _plans.Deliver(layer, plan, here, experts, batch);
    }

    private void Read(Batch batch)
    {
        Place here = Enter(Roles.Head, pipeline.Head, null);
        if (batch.LogitRowCount == 0)
            return;

        TensorView logits = here.Logits(batch);
        pipeline.Head.Component.Logits(here.Step, _stream.ReadAt(here), batch.RowsWithLogits, logits);
        if (!here.IsHost)
            here.Domain.Copy(logits, batch.LogitsView);
    }

    /// <summary>What devices have not done by now they do here, and what they made for the host is looked at.</summary>
    private void Settle(Batch batch, Phase phase)
    {
        // By index: the enumerator of an interface is an object.
        for (int i = 0; i < _places.Devices.Count; i++)
        {
            _here = _places.Devices[i];
            _here.Domain.Wait();
        }

        foreach (int layer in _plans.Unchecked)
        {
            Placed<IRouter> router = pipeline.At(layer, phase).Router!;
            At = (Roles.Router, router.Name, layer);
            _plans.CheckMirror(layer, router, batch);
        }
    }

    private Place Enter<TComponent>(string role, Placed<TComponent> component, int? layer)
    {
        At = (role, component.Name, layer);
        if (component.Offer.NativeThreads is not null)
            pipeline.Pool.Park();

        return _here = component.Place;
    }
}
