using Spud.Host.Repl.Storage;

namespace Spud.Host.Repl.Commands;

/// <summary><c>/list</c>.</summary>
internal static class ListCommand
{
    private const int Maximum = 30;

    public static SessionCommand Command { get; } = new("list")
    {
        Aliases = ["ls", "conversations"],
        Group = CommandGroup.Conversation,
        Help = "List the saved conversations, the last changed first.",
        Run = static (session, _, _) => session.Say(ConversationTable.Of(session.Saved().List(maximum: Maximum)).TrimEnd()),
    };
}
