using System.Diagnostics;
using Spud.Composition;
using Spud.Execution;

namespace Spud.Tests.Execution.Dispatch;

/// <summary>Microseconds that the ledger takes of a decode step: every call that the engine makes for it, and no other.</summary>
internal static class LedgerTimes
{
    private const int Steps = 1_000;

    /// <summary>The shortest round of several.</summary>
    public static double Best(Pipeline pipeline)
    {
        Engine engine = pipeline.Engine;
        Batch batch = engine.NewBatch();
        using Sequence sequence = engine.Open();
        batch.Add(sequence, new int[StepTimes.Depth], Phase.Prefill, LogitRows.None);
        engine.Run(batch);
        batch.Clear();
        batch.Add(sequence, [7], Phase.Decode, LogitRows.Last);
        StepMeter meter = new(pipeline.Parts.Costs, 1, pipeline.Model.Layers.Max(layer => layer.Experts));
        StepPlan plan = pipeline.Parts.PlanOf(Phase.Decode);
        double best = double.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long from = Stopwatch.GetTimestamp();
            for (int step = 0; step < Steps; step++)
                Count(meter, batch, plan);

            best = Math.Min(best, Stopwatch.GetElapsedTime(from).TotalMicroseconds / Steps);
        }

        return best;
    }

    private static void Count(StepMeter meter, Batch batch, StepPlan plan)
    {
        meter.Begin(batch);
        foreach (Operation operation in plan.Operations)
        {
            if (operation is AppendOperation { Layer: { } layer })
                meter.CountKeys(layer, batch);
            if (operation.EndsCost)
                meter.Stamp(operation.CostSlot);
        }

        meter.Stamp(plan.Operations[^1].CostSlot); // the commit
        meter.AddTo(batch.Entries[0].Sequence.Ledger, 0, batch.Entries[0]);
    }
}
