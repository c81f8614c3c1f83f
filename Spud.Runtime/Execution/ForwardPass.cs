using Spud.Runtime.Composition;
using Spud.Runtime.Metering;

namespace Spud.Runtime.Execution;

/// <summary>One step through the pipeline: the diagram of the README in code. Nothing is allocated and nothing looked up by name.</summary>
internal sealed class ForwardPass(PipelineParts pipeline, StepMeter meter)
{
    private readonly PageStore _pages = pipeline.Pages;
    private readonly StepBuffers _buffers = pipeline.Buffers;

    /// <summary>Who was at work last: the guilty one if a step throws.</summary>
    public (string Role, string Component, int? Layer) At { get; private set; } = (Roles.Head, "", null);

    /// <summary>Computes the batch's logits; its rows stay pending.</summary>
    /// <exception cref="OperationCanceledException">Every sequence of the batch was cancelled.</exception>
    public void Run(Batch batch)
    {
        Step step = batch.Step;
        TensorView hidden = _buffers.Hidden(batch.Rows);
        Placed<IHead> head = pipeline.Head;
        int layers = pipeline.Model.Layers.Length;

        meter.Begin(batch);
        At = (Roles.Head, head.Name, null);
        head.Component.Embed(step, hidden);
        meter.Stamp(layers, RoleSlot.Head);
        for (int layer = 0; layer < layers; layer++)
        {
            if (batch.IsCancelled)
                throw new OperationCanceledException(batch.Entries[0].Sequence.Cancellation);

            LayerParts parts = pipeline.At(layer, step.Sequences[0].Phase);
            Attend(layer, parts.Attention, step, batch, hidden);
            Mix(layer, parts, step, batch, hidden);
        }

        At = (Roles.Head, head.Name, null);
        if (batch.LogitRowCount > 0)
            head.Component.Logits(step, hidden, batch.RowsWithLogits, batch.LogitsView);

        meter.Stamp(layers, RoleSlot.Head);
    }

    private void Attend(int layer, Placed<IAttention> attention, in Step step, Batch batch, in TensorView hidden)
    {
        At = (Roles.Attention, attention.Name, layer);
        Heads heads = _buffers.Heads(layer, step.Rows);
        AttentionState state = _buffers.EmptyState(layer, step.Rows);
        attention.Component.Project(layer, step, hidden, heads);
        meter.Stamp(layer, RoleSlot.Attention);
        _pages.Append(layer, batch, heads);
        meter.CountKeys(layer, batch);
        PageView pages = _pages.View(layer, batch);
        meter.Stamp(layer, RoleSlot.Cache);
        attention.Component.Fold(layer, step, heads.Query, pages, state);
        attention.Component.Finish(layer, step, state, hidden);
        meter.Stamp(layer, RoleSlot.Attention);
    }

    private void Mix(int layer, LayerParts parts, in Step step, Batch batch, in TensorView hidden)
    {
        RoutingPlan plan = parts.Router is { } router ? Route(layer, router, step, hidden) : _buffers.PlanOfOne(step.Rows);
        meter.CountPlan(layer, batch, plan);
        meter.Stamp(layer, RoleSlot.Router);
        At = (Roles.Experts, parts.Experts.Name, layer);
        parts.Experts.Component.Execute(layer, step, hidden, plan, hidden);
        meter.Stamp(layer, RoleSlot.Experts);
    }

    private RoutingPlan Route(int layer, Placed<IRouter> router, in Step step, in TensorView hidden)
    {
        At = (Roles.Router, router.Name, layer);
        RoutingPlan plan = _buffers.Plan(step.Rows, router.Component.MaxExpertsPerRow);
        router.Component.Route(layer, step, hidden, plan);
        PlanCheck.Require(plan, pipeline.Model.Layers[layer]);
        return plan;
    }
}
