using System.Runtime.InteropServices;

namespace Spud.Host;

/// <summary>
/// SIGINT (Ctrl-C), SIGTERM and SIGHUP. The first one inside an interruptible section cancels its token; any other ends the process with
/// <see cref="ExitCodes.Interrupted"/>.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    /// <summary>Maximum time for a component to react when the system requests termination: container managers kill after ten seconds.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private PosixSignalRegistration[] _registrations = [];
    private CancellationTokenSource? _section;

    /// <summary>Called when a signal arrives outside any section, with whether the process may continue after it, as after Ctrl-C; returns true to continue.</summary>
    public Func<bool, bool>? Idle { get; set; }

    /// <summary>Whether the system has requested termination: whatever the command did since, it was interrupted.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Called with a signal that ends the process or the command.</summary>
    public Action<PosixSignal>? Ending { get; set; }

    /// <summary>Handles the signals of this process.</summary>
    public void Watch() =>
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];

    /// <summary>Begins a section that ends cleanly when interrupted.</summary>
    public Section Begin()
    {
        lock (_gate)
            return new(this, _section = new());
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
    }

    /// <summary>Handles a signal; returns true if the process continues.</summary>
    internal bool Raise(PosixSignal signal)
    {
        // Before the section is cancelled: the command may have ended, and read this, before this thread runs again.
        bool mayContinue = signal == PosixSignal.SIGINT;
        if (!mayContinue)
            BeginToEnd(signal);

        // A section that ends meanwhile waits here: its source is disposed only when nothing can cancel it any more.
        lock (_gate)
        {
            if (_section is { } section)
            {
                bool first = !section.IsCancellationRequested;
                if (first)
                    section.Cancel();

                return first;
            }
        }

        return Idle?.Invoke(mayContinue) == true && mayContinue;
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        bool mayContinue = context.Signal == PosixSignal.SIGINT, goesOn = Raise(context.Signal);
        if (goesOn && mayContinue)
            return;

        if (mayContinue)
            BeginToEnd(context.Signal);
        if (!goesOn)
            Environment.Exit(ExitCodes.Interrupted);

        ExitAfterPatience();
    }

    private void BeginToEnd(PosixSignal signal)
    {
        IsEnding = true;
        Ending?.Invoke(signal);
    }

    // A component that hangs never checks its token. The thread ends with the process if that ends by itself.
    private static void ExitAfterPatience()
    {
        Thread watch = new(() =>
        {
            using ManualResetEventSlim never = new();
            never.Wait(s_patience);
            Environment.Exit(ExitCodes.Interrupted);
        })
        {
            IsBackground = true,
            Name = "exit",
        };
        watch.Start();
    }

    /// <summary>Work that can be interrupted.</summary>
    internal readonly struct Section(Interrupts owner, CancellationTokenSource source) : IDisposable
    {
        public CancellationToken Token => source.Token;

        public void Dispose()
        {
            lock (owner._gate)
            {
                owner._section = null;
                source.Dispose();
            }
        }
    }
}
