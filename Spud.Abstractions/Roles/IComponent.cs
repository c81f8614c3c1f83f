namespace Spud;

/// <summary>Fills a role. One thread calls it; it is disposed once, before its memory goes.</summary>
public interface IComponent : IDisposable
{
    /// <summary>Where its inputs and outputs must lie.</summary>
    IMemoryDomain Domain { get; }
}
