using System.Runtime.CompilerServices;

namespace Spud;

/// <summary>
/// The pipeline's threads. A class and no interface: on an interface <see cref="Run"/> would be a generic virtual call at every fork.
/// </summary>
public abstract class WorkerPool
{
    /// <summary>Workers, the calling thread included.</summary>
    public abstract int Threads { get; }

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

    internal abstract unsafe void Fork(int parts, delegate*<nint, int, int, void> body, nint job);

    private static unsafe void RunPart<TJob>(nint job, int part, int worker)
        where TJob : struct, IJob =>
        Unsafe.AsRef<TJob>((void*)job).Run(part, worker);
}
