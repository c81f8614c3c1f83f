namespace Spud.Server.Operations;

/// <summary>Whether the server answers: it is loading at first, and ending at last.</summary>
internal sealed class Readiness
{
    private const string Loading = "loading", Ok = "ok", Ending = "ending";

    private readonly Lock _gate = new();
    private string? _hang;
    private volatile string _phase = Loading;

    /// <summary>"loading", "ok", "ending", or what hangs.</summary>
    public string State => Volatile.Read(ref _hang) ?? _phase;

    /// <summary>Whether requests are answered.</summary>
    public bool IsReady => State == Ok;

    /// <summary>Whether a component hangs.</summary>
    public bool Hangs => Volatile.Read(ref _hang) is not null;

    /// <summary>Whether the first model is still being loaded.</summary>
    public bool IsLoading => _phase == Loading;

    /// <summary>The first model is in memory.</summary>
    public void Loaded()
    {
        lock (_gate)
            _phase = _phase == Loading ? Ok : _phase;
    }

    /// <summary>The process was asked to end.</summary>
    public void End() => _phase = Ending;

    /// <summary>A component hangs; true if that is new.</summary>
    public bool Hang(string what) => Interlocked.Exchange(ref _hang, what) is null;

    /// <summary>Nothing hangs, or no longer.</summary>
    public void Recover() => Volatile.Write(ref _hang, null);
}
