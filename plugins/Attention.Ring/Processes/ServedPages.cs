using Spud;

namespace Attention.Ring.Processes;

/// <summary>The memory that a rank keeps for rank 0, and the pools in it. Positions of keys are the rank's own: it is told them with each fold.</summary>
/// <param name="host">The host's memory.</param>
/// <param name="memory">The rank's memory.</param>
internal sealed class ServedPages(IMemoryDomain host, RankDomain memory) : IDisposable
{
    private readonly Dictionary<nint, long> _blocks = [];
    private readonly Dictionary<nint, PagePool> _pools = [];

    public nint Allocate(long bytes)
    {
        nint address = memory.Allocate(bytes);
        _blocks.Add(address, bytes);
        return address;
    }

    /// <exception cref="InvalidDataException">No such block was allocated.</exception>
    public void Free(nint address, long bytes)
    {
        if (!_blocks.TryGetValue(address, out long allocated) || allocated != bytes)
            throw new InvalidDataException($"{memory.Name}: no block of {bytes} bytes was allocated at {address}");

        _blocks.Remove(address);
        Forget(address);
        memory.Free(address, bytes);
    }

    /// <summary>The pool whose keys and values lie in these blocks.</summary>
    public PagePool PoolOf(in TensorView keys, in TensorView values)
    {
        if (_pools.TryGetValue(keys.Address, out PagePool? known))
            return known;

        (int pages, int pageTokens) = (keys.Shape[0], keys.Shape[2]);
        TensorView positions = new(host, host.Allocate((long)pages * pageTokens * sizeof(int)), ElementType.I32, pages, pageTokens);
        return _pools[keys.Address] = new() { Keys = keys, Values = values, Positions = positions };
    }

    public void Dispose()
    {
        foreach ((nint address, long bytes) in _blocks)
        {
            Forget(address);
            memory.Free(address, bytes);
        }

        _blocks.Clear();
    }

    private void Forget(nint keys)
    {
        if (_pools.Remove(keys, out PagePool? pool))
            host.Free(pool.Positions.Address, pool.Positions.Bytes);
    }
}
