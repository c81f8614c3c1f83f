using Spud.Generation;
using Spud.Host.Repl.Commands;

namespace Spud.Host.Repl;

/// <summary>
/// A conversation with a pipeline that may be exchanged between two turns, and the commands over both. It knows no screen: what happens is
/// reported. One thread at a time uses it; see <see cref="SessionWorker"/> for a thread of its own.
/// </summary>
internal sealed partial class Session : IDisposable
{
    private readonly SessionSetup _setup;
    private readonly Action<SessionEvent> _report;
    private readonly StepLoop _loop;
    private TurnSettings _settings;

    /// <param name="setup">What it begins with.</param>
    /// <param name="report">Told what happens, on the thread that uses the session.</param>
    public Session(SessionSetup setup, Action<SessionEvent> report)
    {
        (_setup, _report, _settings) = (setup, report, setup.Settings);
        _loop = new(setup.Threads);
        _models = new(setup, _loop, line => Say(line, NoticeKind.Warning));
        _saved = new(setup.Store, setup.Saves, line => Say(line, NoticeKind.Warning));
        Conversation = new() { System = setup.System };
    }

    /// <summary>What was said.</summary>
    public Conversation Conversation { get; private set; }

    /// <summary>Whether its reader wants to leave.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>How the next turns are answered.</summary>
    public TurnSettings Settings
    {
        get => _settings;
        set
        {
            _settings = value;
            Report(new SettingsChanged(value));
        }
    }

    /// <summary>Takes what a person typed: a command or a question. Whatever goes wrong is reported, and the session goes on.</summary>
    /// <param name="line">May have several lines.</param>
    /// <param name="cancellation">Stops an answer.</param>
    /// <returns>Whether it was done.</returns>
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

    /// <summary>Does what a command says.</summary>
    /// <exception cref="BadInputException">There is no such command, or not with these arguments.</exception>
    public void Execute(CommandLineText line, CancellationToken cancellation)
    {
        SessionCommand command = CommandList.Find(line.Name) ?? throw new BadInputException(CommandList.Unknown(line.Name));
        command.Run(this, line.Arguments, cancellation);
    }

    /// <summary>Ends the session for its reader.</summary>
    public void End()
    {
        HasEnded = true;
        Report(new SessionEnded());
    }

    /// <summary>Offers a line to be edited.</summary>
    public void Offer(string line) => Report(new LineOffered(line));

    /// <summary>Tells the reader something.</summary>
    public void Say(string text, NoticeKind kind = NoticeKind.Information) => Report(new Notice(kind, text));

    public void Dispose()
    {
        StopComparing();
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
            if (Failure.Of(fault).Message is { Length: > 0 } text)
                Report(new Notice(NoticeKind.Error, text) { Cause = fault });

            return false;
        }
    }

    private void Report(SessionEvent what) => _report(what);
}
