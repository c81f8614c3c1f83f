namespace Spud.Host.Repl.Commands;

/// <summary><c>/system</c>.</summary>
internal static class SystemCommand
{
    public static SessionCommand Command { get; } = new("system")
    {
        Arguments = "[TEXT]",
        Group = CommandGroup.Conversation,
        Help = "Tell the model something before the conversation, from the next turn on.",
        Details = ["Without a text: what it is usually told."],
        Run = static (session, arguments, _) => session.SetSystem(arguments),
    };
}
