using Spud.Composition;
using Spud.Execution;

namespace Spud.Tests.Execution.Folds;

/// <summary>Decode steps of one sequence, for the tests of fold decorators: those of plugins compile this file too.</summary>
internal static class DecodeSteps
{
    private const int WarmUp = 30, Counted = 30;

    /// <summary>Managed bytes that steps allocate on the calling thread, after some to warm up.</summary>
    public static long AllocatedBy(Pipeline pipeline, Sequence sequence, Batch batch)
    {
        long before = 0;
        for (int step = 0; step < WarmUp + Counted; step++)
        {
            if (step == WarmUp)
                before = GC.GetAllocatedBytesForCurrentThread();
            batch.Clear();
            batch.Add(sequence, [7], Phase.Decode, LogitRows.Last);
            pipeline.Engine.Run(batch);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
