namespace Spud.Execution;

/// <summary>Memory that one owner (a component, the pages, the buffers) holds for a pipeline's life: counted, and freed together.</summary>
internal sealed class MemoryAccount : IDisposable
{
    private readonly List<(IMemoryDomain Domain, nint Address, long Bytes)> _blocks = [];

    /// <summary>Bytes allocated so far, in all domains.</summary>
    public long Bytes => _blocks.Sum(block => block.Bytes);

    /// <summary>Bytes of the host's memory.</summary>
    public long HostBytes => _blocks.Sum(block => block.Domain.IsHost ? block.Bytes : 0);

    /// <summary>Bytes on devices, by the domain's name.</summary>
    public IEnumerable<(string Domain, long Bytes)> OnDevices => _blocks.Where(block => !block.Domain.IsHost).Select(block => (block.Domain.Name, block.Bytes));

    /// <summary>Zeroed memory in the shape of a view.</summary>
    /// <exception cref="InsufficientMemoryException">There is too little memory.</exception>
    public TensorView Allocate(IMemoryDomain domain, ElementType type, params ReadOnlySpan<int> shape)
    {
        long bytes = Math.Max(1, new TensorView(domain, 0, type, shape).Bytes);
        return new(domain, Allocate(domain, bytes), type, shape);
    }

    public nint Allocate(IMemoryDomain domain, long bytes)
    {
        nint address = domain.Allocate(bytes);
        _blocks.Add((domain, address, bytes));
        return address;
    }

    public void Dispose()
    {
        foreach ((IMemoryDomain domain, nint address, long bytes) in _blocks)
            domain.Free(address, bytes);

        _blocks.Clear();
    }
}
