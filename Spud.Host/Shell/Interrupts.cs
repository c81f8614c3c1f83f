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
    internal bool Raise(bool mayContinue)
    {
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
        bool goesOn = Raise(context.Signal == PosixSignal.SIGINT);
        if (goesOn && context.Signal == PosixSignal.SIGINT)
            return;

        IsEnding = true;
        Ending?.Invoke(context.Signal);
        if (!goesOn)
            Environment.Exit(ExitCodes.Interrupted);

        ExitAfterPatience();
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
