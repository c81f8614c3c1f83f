namespace Spud.Host.Repl.Commands;

/// <summary><c>/retry</c>.</summary>
internal static class RetryCommand
{
    public static SessionCommand Command { get; } = new("retry")
    {
        Aliases = ["regenerate", "redo"],
        Group = CommandGroup.Conversation,
        Help = "Ask the last question again; the new answer takes the place of the old one.",
        Run = static (session, _, cancellation) => session.AskAgain(session.Conversation.Turns.Count, null, cancellation),
    };
}
