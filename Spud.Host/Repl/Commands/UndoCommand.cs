namespace Spud.Host.Repl.Commands;

/// <summary><c>/undo</c>.</summary>
internal static class UndoCommand
{
    public static SessionCommand Command { get; } = new("undo")
    {
        Group = CommandGroup.Conversation,
        Help = "Take the last question and its answer back.",
        Run = static (session, _, _) => session.Undo(),
    };
}
