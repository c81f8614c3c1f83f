using Terminal.Gui.App;

namespace Spud.Host.Repl.Screen;

/// <summary>Restores the terminal when the program ends or is suspended, by a signal or a crash too.</summary>
internal sealed class TerminalGuard : IDisposable
{
    // Turns off bracketed paste, mouse reports and the keyboard protocol; restores colours, the main screen and the cursor.
    private const string Restoring = "\u001b[?2004l\u001b[?1003l\u001b[?1015l\u001b[?1006l\u001b[<u\u001b[0m\u001b[?1049l\u001b[?25h" + TerminalModes.UsualKeys;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_frame = TimeSpan.FromSeconds(0.5);

    private readonly Shell _shell;
    private readonly TerminalInput _input;
    private readonly ManualResetEventSlim _left = new();
    private FramePacer? _pacer;

    /// <param name="shell">The process's shell.</param>
    /// <param name="input">Has set the terminal's mode and knows the previous one.</param>
    public TerminalGuard(Shell shell, TerminalInput input)
    {
        (_shell, _input) = (shell, input);
        AppDomain.CurrentDomain.UnhandledException += OnCrash;
    }

    /// <summary>Ends the screen on a signal, and lets it be suspended.</summary>
    public void Watch(IApplication app, ReplScreen screen, FramePacer pacer)
    {
        _pacer = pacer;
        _shell.Interrupts.Idle = _ =>
        {
            // The screen's thread exits as after Ctrl+D; if it hangs, the terminal is restored from here.
            app.AddTimeout(TimeSpan.Zero, () =>
            {
                app.RequestStop(screen);
                return false;
            });
            if (!_left.Wait(s_patience))
                Restore();

            return false;
        };
        screen.Redrawn += () => Redraw(app, screen);
        screen.Suspended += () =>
        {
            app.Driver?.Suspend();
            Redraw(app, screen);
        };
    }

    public void Dispose()
    {
        _shell.Interrupts.Idle = null;
        AppDomain.CurrentDomain.UnhandledException -= OnCrash;
        _shell.WriteControl(TerminalModes.UsualKeys);
        _left.Set();
    }

    private static void Redraw(IApplication app, ReplScreen screen)
    {
        screen.Forget();
        app.ClearScreenNextIteration = true;
    }

    private void OnCrash(object sender, UnhandledExceptionEventArgs crash) => Restore();

    private void Restore()
    {
        _pacer?.Hold(s_frame);
        _input.Dispose();
        _shell.WriteControl(Restoring);
    }
}
