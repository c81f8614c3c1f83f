namespace Spud;

/// <summary>A fork-join job. Implement it as a struct, so that a fork allocates nothing.</summary>
public interface IJob
{
    /// <summary>Does one part. Parts write disjoint memory, and run in any order.</summary>
    /// <param name="part">0 .. parts - 1.</param>
    /// <param name="worker">0 .. <see cref="WorkerPool.Threads"/> - 1: selects scratch memory; no two parts run on one worker at the same time.</param>
    void Run(int part, int worker);
}
