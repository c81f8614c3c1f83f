using Spud;

namespace Attention.Ring;

/// <summary>The memory of one rank in this process: host memory up to a limit.</summary>
/// <param name="host">The host's memory.</param>
/// <param name="rank">Number of the rank.</param>
/// <param name="maxBytes">Its limit; null if there is none.</param>
internal sealed class RankDomain(IMemoryDomain host, int rank, long? maxBytes) : IMemoryDomain, IMergesStates
{
    private long _bytes;

    public string Name { get; } = $"ring rank {rank}";

    public bool IsHost => true;

    public nint Allocate(long bytes)
    {
        if (maxBytes is { } most && bytes > most - Interlocked.Read(ref _bytes))
        {
            throw new InsufficientMemoryException(
                $"{Name} may use {most / 1048576.0:N0} MiB and has {(most - _bytes) / 1048576.0:N1} MiB left; {bytes / 1048576.0:N1} MiB more are needed. "
                + "Use more ranks, a shorter context or a larger memoryMiB.");
        }

        nint address = host.Allocate(bytes);
        Interlocked.Add(ref _bytes, bytes);
        return address;
    }

    public void Free(nint address, long bytes)
    {
        host.Free(address, bytes);
        Interlocked.Add(ref _bytes, -bytes);
    }

    public void Copy(in TensorView source, in TensorView destination) => host.Copy(source, destination);

    public void Append(in Heads heads, in TensorView slots, PagePool pool) => host.Append(heads, slots, pool);

    public void Wait() => host.Wait();

    public void Merge(in AttentionState from, in AttentionState into)
    {
        for (int row = 0; row < from.Sum.Shape[0]; row++)
            MergeJob.MergeRow(from, into, row);
    }
}
