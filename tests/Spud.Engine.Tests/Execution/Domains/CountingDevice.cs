using Xunit;

namespace Spud.Tests.Execution.Domains;

/// <summary>A device that holds nothing: it counts what is copied to and from the host, and may be lost.</summary>
internal sealed class CountingDevice(string name) : IMemoryDomain
{
    private nint _next = 64;

    /// <summary>Copies that crossed a border: from, to, bytes.</summary>
    public List<(string From, string To, long Bytes)> Crossed { get; } = [];

    public bool IsLost { get; set; }

    public int Waits { get; private set; }

    public string Name => name;

    public bool IsHost => false;

    public nint Allocate(long bytes) => _next += (nint)((bytes + 63) / 64 * 64);

    public void Free(nint address, long bytes)
    {
    }

    public void Copy(in TensorView source, in TensorView destination)
    {
        Assert.True(source.Shape.SequenceEqual(destination.Shape));
        Assert.True(source.Domain == this || destination.Domain == this);
        ThrowIfLost();
        if (source.Domain != destination.Domain)
            Crossed.Add((source.Domain.Name, destination.Domain.Name, source.Bytes));
    }

    public void Append(in Heads heads, in TensorView slots, PagePool pool)
    {
        Assert.Same(this, pool.Keys.Domain);
        Assert.True(slots.Domain.IsHost && pool.Positions.Domain.IsHost);
    }

    public void Wait()
    {
        Waits++;
        ThrowIfLost();
    }

    // As a plugin of contract 1.0 throws it: the host must know which device it asked.
    private void ThrowIfLost()
    {
        if (IsLost)
            throw new DeviceLostException($"{name} was pulled out");
    }
}
