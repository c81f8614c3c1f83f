namespace Spud.Host.Repl.Commands;

/// <summary><c>/edit</c>.</summary>
internal static class EditCommand
{
    public static SessionCommand Command { get; } = new("edit")
    {
        Arguments = "N [TEXT]",
        Group = CommandGroup.Conversation,
        Help = "Ask something else in place of question N; later turns go.",
        Details = ["/edit 2 What about Spain?", "Without a text, the question is offered for editing."],
        Run = static (session, arguments, cancellation) =>
        {
            (int number, string text) = TurnNumber.Before(arguments, "/edit", session.Conversation.Turns.Count);
            if (text.Length == 0)
                session.Offer($"/edit {number} {session.TurnOf(number).Question}");
            else
                session.AskAgain(number, text, cancellation);
        },
    };
}
