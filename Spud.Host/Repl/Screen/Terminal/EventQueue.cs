using System.Threading.Channels;
using Terminal.Gui.App;

namespace Spud.Host.Repl.Screen;

/// <summary>Takes events to the screen's thread: all that happened since the last frame at once.</summary>
internal sealed class EventQueue(IApplication app)
{
    private readonly Channel<SessionEvent> _events = Channel.CreateUnbounded<SessionEvent>(new() { SingleReader = true });
    private int _isPosted;

    /// <summary>Gets them, on the screen's thread.</summary>
    public Action<IReadOnlyList<SessionEvent>>? Target { get; set; }

    /// <summary>Adds an event. From any thread.</summary>
    public void Add(SessionEvent what)
    {
        _events.Writer.TryWrite(what);
        if (Interlocked.Exchange(ref _isPosted, 1) == 0)
            app.AddTimeout(TimeSpan.Zero, Drain);
    }

    private bool Drain()
    {
        Volatile.Write(ref _isPosted, 0);
        List<SessionEvent> events = [];
        while (_events.Reader.TryRead(out SessionEvent? what))
            events.Add(what);

        Target?.Invoke(events);
        return false;
    }
}
