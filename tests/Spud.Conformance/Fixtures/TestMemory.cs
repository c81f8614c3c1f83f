namespace Spud.Conformance.Fixtures;

/// <summary>Memory of any domain, freed in one go.</summary>
internal sealed class TestMemory : IDisposable
{
    private readonly List<(IMemoryDomain Domain, nint Address, long Bytes)> _blocks = [];

    /// <summary>Bytes that are not given back yet.</summary>
    public long Bytes => _blocks.Sum(static block => block.Bytes);

    /// <summary>Zeroed memory in the shape of a view.</summary>
    public TensorView Allocate(IMemoryDomain domain, ElementType type, params ReadOnlySpan<int> shape)
    {
        long bytes = Math.Max(1, new TensorView(domain, 0, type, shape).Bytes);
        nint address = domain.Allocate(bytes);
        _blocks.Add((domain, address, bytes));
        return new(domain, address, type, shape);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _blocks.ForEach(static block => block.Domain.Free(block.Address, block.Bytes));
        _blocks.Clear();
    }
}
