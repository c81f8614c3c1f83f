using System.Diagnostics;
using System.Threading.Channels;
using Terminal.Gui.App;

namespace Spud.Host.Repl.Screen;

/// <summary>Passes events to the screen's thread, in batches.</summary>
internal sealed class EventQueue(IApplication app)
{
    // Drawing takes processor time from the model, so streamed text is drawn ten times a second.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly Channel<SessionEvent> _events = Channel.CreateUnbounded<SessionEvent>(new() { SingleReader = true });
    private int _isPosted;
    private long _drained;

    /// <summary>Receives them on the screen's thread.</summary>
    public Action<IReadOnlyList<SessionEvent>>? Target { get; set; }

    /// <summary>Adds an event. Thread-safe.</summary>
    public void Add(SessionEvent what)
    {
        _events.Writer.TryWrite(what);
        if (Interlocked.Exchange(ref _isPosted, 1) == 0)
            app.AddTimeout(what is AnswerText or TokenArrived && Stopwatch.GetElapsedTime(Volatile.Read(ref _drained)) < s_pause ? s_pause : TimeSpan.Zero, Drain);
    }

    private bool Drain()
    {
        Volatile.Write(ref _isPosted, 0);
        Volatile.Write(ref _drained, Stopwatch.GetTimestamp());
        List<SessionEvent> events = [];
        while (_events.Reader.TryRead(out SessionEvent? what))
            events.Add(what);

        Target?.Invoke(events);
        return false;
    }
}
