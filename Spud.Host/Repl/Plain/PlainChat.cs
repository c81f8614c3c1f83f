using Spud.Execution;
using Spud.Host.Repl.Commands;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl.Plain;

/// <summary>
/// A session as a line dialogue, for redirected input or output and for --plain. Answers go to standard output, everything else to standard
/// error.
/// </summary>
/// <param name="shell">Input and outputs.</param>
/// <param name="rawText">Whether control characters of an answer are passed to a terminal.</param>
internal sealed class PlainChat(Shell shell, bool rawText) : IDisposable
{
    private readonly List<Notice> _waiting = [];
    private AnswerOutput? _answer;

    /// <summary>Prints an event of the session.</summary>
    public void Show(SessionEvent what)
    {
        switch (what)
        {
            case Notice notice when _answer is not null:
                // Not in the middle of a line.
                _waiting.Add(notice);
                break;
            case Notice notice:
                Say(notice);
                break;
            case TurnStarted { Turn: { } turn }:
                if (turn.Variant is { } variant)
                    shell.Say($"[{variant}]");

                _answer = new(shell, isShown: true, rawText);
                break;
            case AnswerText text:
                _answer!.Show(new AnswerPiece(text.Part, text.Text));
                break;
            case TurnFinished { Turn: { } turn }:
                End(turn);
                break;
            case ConversationChanged { Conversation: { } conversation } when shell.InIsTerminal:
                shell.Say($"({conversation.Name ?? "conversation"}: {conversation.Turns.Count} {(conversation.Turns.Count == 1 ? "turn" : "turns")})");
                break;
            case LineOffered offered:
                shell.Say(offered.Line);
                break;
        }
    }

    /// <summary>Reads lines until they end, or a command ends the session.</summary>
    /// <returns>Whether everything succeeded, for a script's exit code.</returns>
    public bool Converse(Session session, ChatInput input, bool reloads)
    {
        bool allDone = true;
        while (!session.HasEnded && input.Next() is { } message)
        {
            if (CommandLineText.Parse(message) is { } command)
                allDone &= Execute(session, command);
            else if (message.Length > 0)
                allDone &= Answer(session, CommandLineText.Message(message), reloads);
        }

        return allDone && session.Pipeline is not null;
    }

    /// <summary>Ends the line of an interrupted answer.</summary>
    public void Dispose() => _answer?.Dispose();

    private bool Execute(Session session, CommandLineText command)
    {
        using Interrupts.Section section = shell.Interrupts.Begin();
        try
        {
            session.Execute(command, section.Token);
            return true;
        }
        catch (Exception fault) when (Failure.Of(fault) is { Message.Length: > 0 } failure)
        {
            // An unknown command may be a message that begins with a slash: a script continues.
            shell.NoteFailure(fault);
            failure.Report(shell);
            return CommandList.Find(command.Name) is null or { MayFail: true };
        }
    }

    /// <returns>False if the question could not be answered and a script should fail.</returns>
    private bool Answer(Session session, string question, bool reloads)
    {
        using Interrupts.Section section = shell.Interrupts.Begin();
        try
        {
            session.Ask(question, section.Token);
        }
        catch (Exception fault) when ((shell.InIsTerminal || fault is TemplateException || session.Pipeline is null || reloads && fault is ComponentException) && Failure.Of(fault) is { Message.Length: > 0 } failure)
        {
            // An interactive session continues after any failure; so does a script whose message the template refuses. The script fails at the end.
            string advice = session.Pipeline is null ? "" : fault is ComponentException && reloads ? " Correct the plugin, then enter /reload." : " The message was not added to the conversation; /clear begins a new one.";
            shell.NoteFailure(fault);
            (failure with { Message = $"{failure.Message}{(advice.Length == 0 || failure.Message[^1] is '.' or '!' or '?' ? "" : ".")}{advice}" }).Report(shell);
            return shell.InIsTerminal || fault is not TemplateException;
        }

        return true;
    }

    private void Say(Notice notice)
    {
        string prefix = notice.Kind switch
        {
            NoticeKind.Error => "error: ",
            NoticeKind.Warning => "note: ",
            _ => "",
        };
        foreach (string line in notice.Text.Split('\n'))
            shell.Say(prefix + line);
    }

    private void End(Turn turn)
    {
        if (turn.Fault is null)
            _answer!.End();

        _answer!.Dispose();
        _answer = null;
        _waiting.ForEach(Say);
        _waiting.Clear();
        if (turn.Fault is null && shell.ErrorIsTerminal)
            shell.Say(turn.Closing!);
    }
}
