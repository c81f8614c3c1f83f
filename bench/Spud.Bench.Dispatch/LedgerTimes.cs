using System.Diagnostics;
using Spud.Composition;
using Spud.Execution;
using Spud.Metering;

namespace Spud.Bench.Dispatch;

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
        StepMeter meter = new(new PipelineCosts(pipeline.Parts), 1, pipeline.Model.Layers.Max(layer => layer.Experts));
        RoutingPlan plan = pipeline.Parts.Places.Host.One.Of(1, 1);
        double best = double.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long from = Stopwatch.GetTimestamp();
            for (int step = 0; step < Steps; step++)
                Count(meter, batch, plan, pipeline.Model.Layers.Length);

            best = Math.Min(best, Stopwatch.GetElapsedTime(from).TotalMicroseconds / Steps);
        }

        return best;
    }

    private static void Count(StepMeter meter, Batch batch, in RoutingPlan plan, int layers)
    {
        meter.Begin(batch);
        meter.Stamp(layers, RoleSlot.Head);
        for (int layer = 0; layer < layers; layer++)
        {
            meter.Stamp(layer, RoleSlot.Attention);
            meter.CountKeys(layer, batch);
            meter.Stamp(layer, RoleSlot.Cache);
            meter.Stamp(layer, RoleSlot.Attention);
            meter.CountPlan(layer, batch, plan);
            meter.Stamp(layer, RoleSlot.Router);
            meter.Stamp(layer, RoleSlot.Experts);
        }

        meter.Stamp(layers, RoleSlot.Head);
        meter.Stamp(layers, RoleSlot.Cache);
        batch.Entries[0].Sequence.Ledger.Add(meter, 0, batch.Entries[0]);
    }
}
