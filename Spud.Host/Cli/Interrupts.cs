using System.Runtime.InteropServices;

namespace Spud.Host;

/// <summary>
/// SIGINT (Ctrl-C) and SIGTERM. The first one inside an interruptible section cancels its token; any other ends the process with
/// <see cref="ExitCodes.Interrupted"/>.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly Lock _gate = new();
    private PosixSignalRegistration[] _registrations = [];
    private CancellationTokenSource? _section;

    /// <summary>Called when a signal comes outside of any section; true: after Ctrl-C the process goes on.</summary>
    public Func<bool>? Idle { get; set; }

    /// <summary>Takes the signals of this process.</summary>
    public void Watch() => _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];

    /// <summary>Begins a section that ends cleanly when it is interrupted.</summary>
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

    /// <summary>What a signal does; true: the process goes on.</summary>
    internal bool Raise(bool mayContinue)
    {
        CancellationTokenSource? section;
        lock (_gate)
            section = _section;

        if (section is null)
            return Idle?.Invoke() == true && mayContinue;
        if (section.IsCancellationRequested)
            return false;

        section.Cancel();
        return true;
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!Raise(context.Signal == PosixSignal.SIGINT))
            Environment.Exit(ExitCodes.Interrupted);
    }

    /// <summary>Work that can be interrupted.</summary>
    internal readonly struct Section(Interrupts owner, CancellationTokenSource source) : IDisposable
    {
        public CancellationToken Token => source.Token;

        public void Dispose()
        {
            lock (owner._gate)
                owner._section = null;

            source.Dispose();
        }
    }
}
