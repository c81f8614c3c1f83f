using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Spud;

/// <summary>
/// The pipeline's threads. A class and no interface: on an interface <see cref="Run"/> would be a generic virtual call at every fork.
/// </summary>
public abstract class WorkerPool
{
    /// <summary>Workers, the calling thread included.</summary>
    public abstract int Threads { get; }

    /// <summary>A pool of one thread, which runs parts where it is called: for work that is itself a part of another pool.</summary>
    [Experimental(Experiments.Id)]
    public static WorkerPool OfCaller { get; } = new CallerPool();

    /// <summary>Runs parts 0 .. <paramref name="parts"/> - 1 and joins. Not re-entrant. Allocates nothing.</summary>
    /// <param name="parts">At least 0. Results must not depend on how parts meet workers.</param>
    /// <param name="job">A struct; every worker sees this one instance.</param>
    /// <exception cref="Exception">What the lowest part that failed threw, after all parts have ended.</exception>
    public unsafe void Run<TJob>(int parts, ref TJob job)
        where TJob : struct, IJob
    {
#pragma warning disable CS8500 // a job may hold references: until the join it is pinned here and reported by the caller's frame
        fixed (TJob* address = &job)
            Fork(parts, &RunPart<TJob>, (nint)address);
#pragma warning restore CS8500
    }

    /// <summary>Runs parts 0 .. <paramref name="parts"/> - 1 of a job on the pool's threads and joins.</summary>
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
