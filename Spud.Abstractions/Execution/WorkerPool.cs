using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Spud;

/// <summary>
/// The pipeline's threads. A class rather than an interface, because <see cref="Run"/> would be a generic virtual call on an interface.
/// </summary>
public abstract class WorkerPool
{
    /// <summary>Number of workers, including the calling thread.</summary>
    public abstract int Threads { get; }

    /// <summary>A pool that runs all parts on the calling thread: for work that is itself a part of another pool's job.</summary>
    [Experimental(Experiments.Id)]
    public static WorkerPool OfCaller { get; } = new CallerPool();

    /// <summary>Runs parts 0 .. <paramref name="parts"/> - 1 of a job, and returns when all have ended. Not re-entrant. Allocates nothing.</summary>
    /// <param name="parts">At least 0. Results must not depend on which worker runs which part.</param>
    /// <param name="job">A struct; all workers share this instance.</param>
    /// <exception cref="Exception">What a part threw; if several did, the one with the lowest number. Thrown after all parts have ended.</exception>
    public unsafe void Run<TJob>(int parts, ref TJob job)
        where TJob : struct, IJob
    {
#pragma warning disable CS8500 // a job may hold references: until the join it is pinned here and reported by the caller's frame
        fixed (TJob* address = &job)
            Fork(parts, &RunPart<TJob>, (nint)address);
#pragma warning restore CS8500
    }

    /// <summary>Runs parts 0 .. <paramref name="parts"/> - 1 of a job on the pool's threads, and returns when all have ended.</summary>
    /// <param name="parts">At least 0.</param>
    /// <param name="body">Gets the job, the part and the worker that runs it, below <see cref="Threads"/>; may throw.</param>
    /// <param name="job">Address of the job, valid until the call returns.</param>
    [Experimental(Experiments.Id)]
    protected abstract unsafe void Fork(int parts, delegate*<nint, int, int, void> body, nint job);

    private static unsafe void RunPart<TJob>(nint job, int part, int worker)
        where TJob : struct, IJob =>
        Unsafe.AsRef<TJob>((void*)job).Run(part, worker);

    private sealed class CallerPool : WorkerPool
    {
        public override int Threads => 1;

        protected override unsafe void Fork(int parts, delegate*<nint, int, int, void> body, nint job)
        {
            Exception? failure = null;
            for (int part = 0; part < parts; part++)
            {
                try
                {
                    body(job, part, 0);
                }
                catch (Exception fault)
                {
                    failure ??= fault;
                }
            }

            if (failure is not null)
                ExceptionDispatchInfo.Throw(failure);
        }
    }
}
