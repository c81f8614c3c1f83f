using System.Numerics.Tensors;

namespace Spud.Execution;

/// <summary>Runs one step through the pipeline: the operations of its plan. Nothing is allocated and nothing is looked up by name.</summary>
internal sealed class ForwardPass(PipelineParts pipeline, StepMeter meter)
{
    private Operation _at = pipeline.PlanOf(Phase.Prefill).Operations[0];

    /// <summary>The component that ran last, which is at fault if a step throws.</summary>
    public (string Role, string Component, int? Layer) At => (_at.Blamed.Role.Name, _at.Blamed.Name, _at.Layer);

    /// <summary>Its memory domain.</summary>
    public IMemoryDomain Domain => _at.Domain.Memory;

    /// <summary>Computes the batch's logits; its rows stay pending.</summary>
    /// <exception cref="OperationCanceledException">Every sequence of the batch was cancelled.</exception>
    public void Run(Batch batch)
    {
        Begin(batch);
        Run(pipeline.PlanOf(batch.Entries[0].Phase), batch);
        if (batch.NormedRowCount > 0)
            Run(pipeline.NormPlan, batch);
    }

    /// <summary>Whether the host rejected a plan made by the current router.</summary>
    public bool IsAtPlanCheck => _at is CheckPlanOperation;

    /// <summary>
    /// Runs a step again, up to the first component that leaves non-finite hidden rows in host memory, which is then the one named by <see cref="At"/>.
    /// False if none does before the step fails again.
    /// </summary>
    public bool FindsNotFinite(Batch batch)
    {
        Begin(batch);
        try
        {
            foreach (Operation operation in pipeline.PlanOf(batch.Entries[0].Phase).Operations)
            {
                Run(operation, batch);
                if (operation.WritesHidden && operation.Domain.IsHost && !TensorPrimitives.IsFiniteAll<float>(operation.Domain.Hidden(operation.Domain.Step.Rows).AsSpan<float>()))
                    return true;
            }
        }
        catch (Exception)
        {
            // The step fails again, and the original failure is reported.
        }

        return false;
    }

    private void Begin(Batch batch)
    {
        meter.Begin(batch);
        pipeline.Domains.Host.Begin(batch);
        pipeline.Exits?.Begin(batch);
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
        Batch passing = pipeline.Exits?.Passing ?? batch;
        if (passing.Rows == 0 && !operation.RunsWithoutRows)
            return;

        _at = operation;
        if (operation.UsesNativeThreads)
            pipeline.Pool.Park();

        operation.Run(passing, meter);
    }
}
