using Spud.Composition;
using Spud.Execution;

namespace Spud.Tests.Execution.Folds;

/// <summary>Decode steps of one sequence, for the tests of fold decorators: those of plugins compile this file too.</summary>
internal static class DecodeSteps
{
    private const int WarmUp = 30, Counted = 10, Rounds = 3;

    /// <summary>Managed bytes that steps allocate on the calling thread, after some to warm up: the minimum of three rounds, since what a step allocates, it allocates every time.</summary>
    public static long AllocatedBy(Pipeline pipeline, Sequence sequence, Batch batch)
    {
        Run(WarmUp);
        return Enumerable.Range(0, Rounds).Min(_ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(Counted);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        void Run(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                batch.Clear();
                batch.Add(sequence, [7], Phase.Decode, LogitRows.Last);
                pipeline.Engine.Run(batch);
            }
        }
    }
}
