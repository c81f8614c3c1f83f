namespace Spud.Host.Repl.Commands;

/// <summary><c>/quit</c>.</summary>
internal static class QuitCommand
{
    public static SessionCommand Command { get; } = new("quit")
    {
        Aliases = ["exit", "bye", "q"],
        Group = CommandGroup.Session,
        Help = "End; the conversation stays saved.",
        Details = ["The words exit and quit alone do the same."],
        Run = static (session, _, _) => session.End(),
    };
}
