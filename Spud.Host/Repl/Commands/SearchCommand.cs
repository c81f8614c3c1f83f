using Spud.Host.Repl.Storage;

namespace Spud.Host.Repl.Commands;

/// <summary><c>/search</c>.</summary>
internal static class SearchCommand
{
    private const int Maximum = 30;

    public static SessionCommand Command { get; } = new("search")
    {
        Arguments = "TEXT",
        Group = CommandGroup.Conversation,
        Help = "List the saved conversations in which a text occurs.",
        Run = static (session, arguments, _) => session.Say(arguments.Length == 0
            ? throw new BadInputException("/search: expected a text.")
            : ConversationTable.Of(session.Saved().List(arguments, Maximum)).TrimEnd()),
    };
}
