using Spud.Generation;
using Spud.Host.Repl.Commands;

namespace Spud.Host.Repl;

/// <summary>
/// A conversation with a pipeline that can be replaced between two turns, and the commands for both. It does not depend on a screen: it
/// reports events. It must be used by one thread at a time; <see cref="SessionWorker"/> gives it its own thread.
/// </summary>
internal sealed partial class Session : IDisposable
{
    private readonly SessionSetup _setup;
    private readonly Action<SessionEvent> _report;
    private readonly StepLoop _loop;
    private TurnSettings _settings;

    /// <param name="setup">Initial state.</param>
    /// <param name="report">Receives events, on the thread that uses the session.</param>
    public Session(SessionSetup setup, Action<SessionEvent> report)
    {
        (_setup, _report, _settings) = (setup, report, setup.Settings);
        _loop = new(setup.Threads);
        _models = new(setup, _loop, line => Say(line, NoticeKind.Warning));
        _saved = new(setup.Store, setup.Saves, line => Say(line, NoticeKind.Warning));
        _pages = new(setup.Pages, setup.PagesBytes, line => Say(line, NoticeKind.Warning));
        Conversation = new() { System = setup.System };
    }

    /// <summary>The conversation.</summary>
    public Conversation Conversation { get; private set; }

    /// <summary>Whether the user wants to leave.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Settings of the next turns.</summary>
    public TurnSettings Settings
    {
        get => _settings;
        set
        {
            _settings = value;
            Report(new SettingsChanged(value));
        }
    }

    /// <summary>Handles typed input: a command or a question. Failures are reported, and the session continues.</summary>
    /// <param name="line">May have several lines.</param>
    /// <param name="cancellation">Stops an answer.</param>
    /// <returns>Whether it succeeded.</returns>
    public bool Enter(string line, CancellationToken cancellation = default)
    {
        return Try(() =>
        {
            if (CommandLineText.Parse(line) is { } command)
                Execute(command, cancellation);
            else if (CommandLineText.Message(line) is { Length: > 0 } message)
                Ask(message, cancellation);
        });
    }

    /// <summary>Runs a command.</summary>
    /// <exception cref="BadInputException">Unknown command or invalid arguments.</exception>
    public void Execute(CommandLineText line, CancellationToken cancellation)
    {
        SessionCommand command = CommandList.Find(line.Name) ?? throw new BadInputException(CommandList.Unknown(line.Name));
        command.Run(this, line.Arguments, cancellation);
    }

    /// <summary>Ends the session.</summary>
    public void End()
    {
        HasEnded = true;
        Report(new SessionEnded());
    }

    /// <summary>Offers a line to be edited.</summary>
    public void Offer(string line) => Report(new LineOffered(line));

    /// <summary>Reports a notice.</summary>
    public void Say(string text, NoticeKind kind = NoticeKind.Information) => Report(new Notice(kind, text));

    public void Dispose()
    {
        StopComparing();
        Leave();
        LetGo();
        _loop.Dispose();
        _saved.Dispose();
    }

    private bool Try(Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception fault)
        {
            if (MessageOf(fault) is { Length: > 0 } text)
                Report(new Notice(NoticeKind.Error, text) { Cause = fault });

            return false;
        }
    }

    // What is an option of the command line is a command here.
    private static string MessageOf(Exception fault) => Failure.Of(fault).Message
        .Replace("(--budget)", "(/budget)", StringComparison.Ordinal).Replace("(--ctx)", "(/set context=N)", StringComparison.Ordinal);

    private void Report(SessionEvent what) => _report(what);
}
