using Spud.Host.Repl.Commands;
using Terminal.Gui.App;
using Terminal.Gui.Drawing;

namespace Spud.Host.Repl.Screen;

/// <summary>The REPL at a terminal, from the first frame to the restored terminal.</summary>
internal static class ReplApplication
{
    /// <summary>Runs until the user leaves.</summary>
    /// <param name="shell">Signals, and the output after the screen is closed.</param>
    /// <param name="setup">The session.</param>
    /// <param name="historyPath">File of the input history; null for none.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static int Run(Shell shell, SessionSetup setup, string? historyPath)
    {
        using TerminalInput input = new();
        using TerminalGuard guard = new(shell, input);
        using IApplication app = TerminalApplication.Create(input);
        using FramePacer pacer = new(app);
        input.Arrived += pacer.OnInput;
        TerminalColours colours = new(Environment.GetEnvironmentVariable);
        app.Driver!.Force16Colors = colours.AreSixteen;
        Look look = new(ThemeOf(colours, background: null));
        EventQueue events = new(app);
        SessionWorker? worker = null;
        Session? session = null;
        ScreenLink link = new()
        {
            Enter = line => worker?.Post(line),
            Cancel = () => worker?.Cancel(),
            IsBusy = () => worker?.IsBusy ?? true,
            Waiting = () => worker?.Waiting ?? 0,
            Complete = line => session is { } present ? CommandCompletion.Of(present, line) : [],
            Plugins = () => setup.Plugins.Statuses,
        };
        using ReplScreen screen = new(link, new(historyPath), look, TimeProvider.System);
        using ReplScreen unseen = new(link, new(null), look, TimeProvider.System);
        screen.Quit += () => app.RequestStop(screen);
        guard.Watch(app, screen, pacer);
        input.Closed += () => app.Invoke(() => app.RequestStop(screen));
        events.Target = screen.Take;
        using PrintedText printed = new(line => events.Add(new Notice(NoticeKind.Warning, line)));
        app.Driver.DefaultAttributeChanged += (_, change) =>
        {
            look.Theme = ThemeOf(colours, change.NewValue?.Background);
            screen.Forget();
            screen.SetNeedsDraw();
        };
        app.AddTimeout(TimeSpan.Zero, () =>
        {
            // Slow work starts after the first frame.
            session = new(setup, Report);
            worker = new(session);
            worker.Open(setup.Trials ? what => unseen.Take([what]) : null);
            return false;
        });
        try
        {
            app.Run(screen);
        }
        finally
        {
            worker?.Dispose();
            session?.Dispose();
        }

        return ExitCodes.Done;

        void Report(SessionEvent what)
        {
            if (what is Notice { Cause: { } cause })
                shell.NoteFailure(cause);

            events.Add(what);
        }
    }

    private static Theme ThemeOf(TerminalColours colours, Color? background) =>
        new(colours.AreWanted, background is { } colour ? !colour.IsDarkColor() : colours.IsLight, colours.AreSixteen);
}
