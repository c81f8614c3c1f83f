namespace Spud.Execution;

/// <summary>
/// Memory that one owner (a component, a pool of pages, the buffers) holds for a pipeline's lifetime: counted, and freed together. Accounts
/// shared by several pipelines are part of each one's account, and freed with the last one.
/// </summary>
internal sealed class MemoryAccount : IDisposable
{
    private readonly List<(IMemoryDomain Domain, nint Address, long Bytes)> _blocks = [];
    private readonly List<MemoryAccount> _parts = [];
    private int _holders = 1;

    /// <summary>Total bytes allocated, in all domains.</summary>
    public long Bytes => _blocks.Sum(block => block.Bytes) + _parts.Sum(part => part.Bytes);

    /// <summary>Bytes of host memory.</summary>
    public long HostBytes => _blocks.Sum(block => block.Domain.IsHost ? block.Bytes : 0) + _parts.Sum(part => part.HostBytes);

    /// <summary>Bytes on devices, by domain name.</summary>
    public IEnumerable<(string Domain, long Bytes)> OnDevices =>
        _blocks.Where(block => !block.Domain.IsHost).Select(block => (block.Domain.Name, block.Bytes)).Concat(_parts.SelectMany(part => part.OnDevices));

    /// <summary>Allocates zeroed memory and returns it as a view of this shape.</summary>
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

    /// <summary>Creates an account that is part of this one, and freed with it.</summary>
    public MemoryAccount NewPart()
    {
        MemoryAccount part = new();
        _parts.Add(part);
        return part;
    }

    /// <summary>Adds an account of another pipeline as a shared part.</summary>
    public void Hold(MemoryAccount part)
    {
        if (_parts.Contains(part))
            return;

        part._holders++;
        _parts.Add(part);
    }

    /// <summary>Frees everything, except parts shared with other accounts.</summary>
    public void Dispose()
    {
        if (--_holders > 0)
            return;

        _parts.ForEach(static part => part.Dispose());
        _parts.Clear();
        foreach ((IMemoryDomain domain, nint address, long bytes) in _blocks)
            domain.Free(address, bytes);

        _blocks.Clear();
    }
}
