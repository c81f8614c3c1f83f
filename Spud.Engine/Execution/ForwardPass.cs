using System.Numerics.Tensors;

namespace Spud.Execution;

/// <summary>One step through the pipeline: runs the operations of its plan. Nothing is allocated and nothing is looked up by name.</summary>
internal sealed class ForwardPass(PipelineParts pipeline, StepMeter meter)
{
    private Operation _at = pipeline.PlanOf(Phase.Prefill).Operations[0];

    /// <summary>The component that was at work last, which is at fault if a step throws.</summary>
    public (string Role, string Component, int? Layer) At => (_at.Blamed.Role.Name, _at.Blamed.Name, _at.Layer);

    /// <summary>Where it works.</summary>
    public IMemoryDomain Domain => _at.Domain.Memory;

    /// <summary>Computes the batch's logits; its rows stay pending.</summary>
    /// <exception cref="OperationCanceledException">Every sequence of the batch was cancelled.</exception>
    public void Run(Batch batch)
    {
        meter.Begin(batch);
        pipeline.Domains.Host.Begin(batch);
        Run(pipeline.PlanOf(batch.Entries[0].Phase), batch);
        if (batch.NormedRowCount > 0)
            Run(pipeline.NormPlan, batch);
    }

    /// <summary>Whether the host found a plan at fault that the router at work had made.</summary>
    public bool IsAtPlanCheck => _at is CheckPlanOperation;

    /// <summary>
    /// Runs a step again, up to the first component that leaves hidden rows in host memory which are not finite: <see cref="At"/> names it then.
    /// False: none does before the step fails again.
    /// </summary>
    public bool FindsNotFinite(Batch batch)
    {
        meter.Begin(batch);
        pipeline.Domains.Host.Begin(batch);
        try
        {
            foreach (Operation operation in pipeline.PlanOf(batch.Entries[0].Phase).Operations)
            {
                Run(operation, batch);
                if (operation.WritesHidden && operation.Domain.IsHost && !TensorPrimitives.IsFiniteAll<float>(operation.Domain.Hidden(batch.Rows).AsSpan<float>()))
                    return true;
            }
        }
        catch (Exception)
        {
            // What failed before fails again, and is reported as it was.
        }

        return false;
    }

    private void Run(StepPlan plan, Batch batch)
    {
        foreach (Operation operation in plan.Operations)
        {
            if (operation.BeginsLayer && batch.IsCancelled)
                throw new OperationCanceledException(batch.Entries[0].Sequence.Cancellation);

            Run(operation, batch);
            if (operation.EndsCost)
                meter.Stamp(operation.CostSlot);
        }
    }

    private void Run(Operation operation, Batch batch)
    {
        _at = operation;
        if (operation.UsesNativeThreads)
            pipeline.Pool.Park();

        operation.Run(batch, meter);
    }
}
