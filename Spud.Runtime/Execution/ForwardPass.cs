using Spud.Runtime.Composition;

namespace Spud.Runtime.Execution;

/// <summary>One step through the pipeline: the diagram of the README in code. Nothing is allocated and nothing looked up by name.</summary>
internal sealed class ForwardPass(PipelineParts pipeline)
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

        At = (Roles.Head, head.Name, null);
        head.Component.Embed(step, hidden);
        for (int layer = 0; layer < pipeline.Model.Layers.Length; layer++)
        {
            if (batch.IsCancelled)
                throw new OperationCanceledException(batch.Entries[0].Sequence.Cancellation);

            LayerParts parts = pipeline.At(layer, step.Sequences[0].Phase);
            Attend(layer, parts.Attention, step, batch, hidden);
            Mix(layer, parts, step, hidden);
        }

        At = (Roles.Head, head.Name, null);
        if (batch.LogitRowCount > 0)
            head.Component.Logits(step, hidden, batch.RowsWithLogits, batch.LogitsView);
    }

    private void Attend(int layer, Placed<IAttention> attention, in Step step, Batch batch, in TensorView hidden)
    {
        At = (Roles.Attention, attention.Name, layer);
        Heads heads = _buffers.Heads(layer, step.Rows);
        AttentionState state = _buffers.EmptyState(layer, step.Rows);
        attention.Component.Project(layer, step, hidden, heads);
        _pages.Append(layer, batch, heads);
        attention.Component.Fold(layer, step, heads.Query, _pages.View(layer, batch), state);
        attention.Component.Finish(layer, step, state, hidden);
    }

    private void Mix(int layer, LayerParts parts, in Step step, in TensorView hidden)
    {
        RoutingPlan plan = parts.Router is { } router ? Route(layer, router, step, hidden) : _buffers.PlanOfOne(step.Rows);
        At = (Roles.Experts, parts.Experts.Name, layer);
        parts.Experts.Component.Execute(layer, step, hidden, plan, hidden);
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
