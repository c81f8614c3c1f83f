namespace Spud.Host.Repl.Commands;

/// <summary><c>/clear</c>.</summary>
internal static class ClearCommand
{
    public static SessionCommand Command { get; } = new("clear")
    {
        Aliases = ["reset", "new"],
        Group = CommandGroup.Conversation,
        Help = "Begin a new conversation; the present one stays saved.",
        Run = static (session, _, _) => session.Clear(),
    };
}
