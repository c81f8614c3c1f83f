namespace Spud.Host.Repl.Commands;

/// <summary><c>/save</c>.</summary>
internal static class SaveCommand
{
    public static SessionCommand Command { get; } = new("save")
    {
        Arguments = "NAME",
        Group = CommandGroup.Conversation,
        Help = "Give the conversation a name; it is saved as it goes on.",
        Run = static (session, arguments, _) => session.Save(arguments),
    };
}
