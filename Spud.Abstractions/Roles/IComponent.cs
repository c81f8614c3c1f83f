namespace Spud;

/// <summary>A component that fills a role. All calls come from one thread. It is disposed once, before its memory is freed.</summary>
public interface IComponent : IDisposable
{
    /// <summary>Domain of its inputs and outputs.</summary>
    IMemoryDomain Domain { get; }
}
