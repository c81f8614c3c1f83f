using System.Diagnostics;
using System.Runtime.InteropServices;
using Terminal.Gui.App;

namespace Spud.Host.Repl.Screen;

/// <summary>
/// Decides when the next frame is drawn. The library's own loop sleeps for a fixed time, which wastes wake-ups while idle and delays key
/// presses otherwise. Here a frame is drawn at once on input, a timer or a resize, and otherwise once a second.
/// </summary>
internal sealed class FramePacer : IDisposable
{
    // A burst of events, such as mouse movement, shares frames.
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(8);

    // The library distinguishes Escape from the start of a sequence, and a click from a double click, by checking again a little later.
    private static readonly TimeSpan s_looksAgain = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan s_settles = TimeSpan.FromMilliseconds(600);

    // Windows reports neither input nor a resize.
    private static readonly TimeSpan s_longest = OperatingSystem.IsWindows() ? TimeSpan.FromMilliseconds(40) : TimeSpan.FromSeconds(1);

    private readonly IApplication _app;
    private readonly TimedEvents _timers;
    private readonly TimeSpan _settles;
    private readonly AutoResetEvent _wake = new(false);
    private readonly ManualResetEvent _ended = new(false);

    // Held by the loop except while it waits.
    private readonly object _frame = new();
    private readonly PosixSignalRegistration? _resized;
    private long _lastFrame;
    private long _lastInput = Stopwatch.GetTimestamp();
    private long _nextTimer = long.MaxValue;

    /// <param name="app">The application that draws the frames.</param>
    /// <param name="settles">How long it keeps checking after input; null for a terminal's default.</param>
    public FramePacer(IApplication app, TimeSpan? settles = null)
    {
        (_app, _timers, _settles) = (app, (TimedEvents)app.TimedEvents!, settles ?? s_settles);
        Application.MaximumIterationsPerSecond = ushort.MaxValue;
        app.Iteration += OnIteration;
        _timers.Added += OnTimerAdded;
        if (!OperatingSystem.IsWindows())
            _resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => _wake.Set());
    }

    /// <summary>Reports input from the terminal. Thread-safe.</summary>
    public void OnInput()
    {
        Volatile.Write(ref _lastInput, Stopwatch.GetTimestamp());
        _wake.Set();
    }

    /// <summary>Stops drawing, because the terminal has been restored. Thread-safe.</summary>
    /// <param name="patience">How long to wait for the current frame.</param>
    public void Hold(TimeSpan patience) => Monitor.TryEnter(_frame, patience);

    public void Dispose()
    {
        Leave();
        _ended.Set();
        _app.Iteration -= OnIteration;
        _timers.Added -= OnTimerAdded;
        _resized?.Dispose();
    }

    private void OnTimerAdded(object? sender, TimeoutEventArgs timer) => _wake.Set();

    // Raised before each frame, which reads input, draws, and then runs timers; changes made by timers are drawn by the next frame.
    private void OnIteration(object? sender, EventArgs<IApplication?> iteration)
    {
        Leave();
        bool hasTimerRun = Stopwatch.GetTimestamp() >= _nextTimer;
        if (!hasTimerRun)
            _wake.WaitOne(Earlier(Stopwatch.GetElapsedTime(Volatile.Read(ref _lastInput)) < _settles ? s_looksAgain : s_longest));
        if (s_shortest - Stopwatch.GetElapsedTime(_lastFrame) is { Ticks: > 0 } rest)
            _ended.WaitOne(rest);

        Monitor.Enter(_frame);
        _lastFrame = Stopwatch.GetTimestamp();
        _nextTimer = _timers.CheckTimers(out int milliseconds) ? _lastFrame + milliseconds * Stopwatch.Frequency / 1000 : long.MaxValue;
    }

    private void Leave()
    {
        if (Monitor.IsEntered(_frame))
            Monitor.Exit(_frame);
    }

    private TimeSpan Earlier(TimeSpan wait) =>
        _timers.CheckTimers(out int milliseconds) && milliseconds < wait.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds + 1) : wait;
}
