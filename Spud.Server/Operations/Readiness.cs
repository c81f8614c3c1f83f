namespace Spud.Server.Operations;

/// <summary>Whether the server answers: it is loading at first, and ending at last.</summary>
internal sealed class Readiness
{
    private volatile string _state = "loading";

    /// <summary>"loading", "ok", "ending", or what hangs.</summary>
    public string State => _state;

    /// <summary>Whether requests are answered.</summary>
    public bool IsReady => _state == "ok";

    /// <summary>The first model is in memory.</summary>
    public void Loaded() => Interlocked.CompareExchange(ref _state, "ok", "loading");

    /// <summary>The process was asked to end.</summary>
    public void End() => _state = "ending";
}
