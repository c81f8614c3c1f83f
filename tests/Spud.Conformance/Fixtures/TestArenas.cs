namespace Spud.Conformance.Fixtures;

/// <summary>One arena per domain, allocated as the composer does, whose content can be overwritten.</summary>
/// <param name="host">The host's memory.</param>
/// <param name="memory">Counts what they take.</param>
internal sealed class TestArenas(IMemoryDomain host, TestMemory memory)
{
    private const int Line = 64;
    private readonly List<(IMemoryDomain Domain, Workspace Workspace)> _workspaces = [];
    private readonly List<(TensorView Arena, TensorView Worthless)> _arenas = [];
    private int _placed;

    public Workspace Reserve(IMemoryDomain domain, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Workspace workspace = new(domain, bytes);
        _workspaces.Add((domain, workspace));
        return workspace;
    }

    /// <summary>Fills every arena with NaN.</summary>
    public void Spoil()
    {
        if (_placed != _workspaces.Count)
            Place();

        foreach ((TensorView arena, TensorView worthless) in _arenas)
            arena.Domain.Copy(worthless, arena);
    }

    private void Place()
    {
        foreach (IGrouping<IMemoryDomain, (IMemoryDomain Domain, Workspace Workspace)> shares in _workspaces.Skip(_placed).GroupBy(share => share.Domain))
        {
            long bytes = shares.Sum(share => Aligned(share.Workspace.Bytes)) + Line;
            TensorView arena = memory.Allocate(shares.Key, ElementType.F32, checked((int)(bytes / sizeof(float))));
            TensorView worthless = memory.Allocate(host, ElementType.F32, arena.Shape);
            worthless.AsSpan<float>().Fill(float.NaN);
            _arenas.Add((arena, worthless));
            nint address = arena.Address;
            foreach ((_, Workspace workspace) in shares)
            {
                workspace.Place(address);
                address += (nint)Aligned(workspace.Bytes);
            }
        }

        _placed = _workspaces.Count;
    }

    private static long Aligned(long bytes) => (bytes + Line - 1) / Line * Line;
}
