namespace Spud.Host.Repl.Commands;

/// <summary><c>/branch</c>.</summary>
internal static class BranchCommand
{
    public static SessionCommand Command { get; } = new("branch")
    {
        Aliases = ["fork"],
        Arguments = "[N]",
        Group = CommandGroup.Conversation,
        Help = "Go on from turn N in a conversation of its own; this one stays as it is.",
        Details = ["Without a number: from the last turn. What both have in common is not computed again."],
        Run = static (session, arguments, _) => session.Branch(TurnNumber.Of(arguments, "/branch", session.Conversation.Turns.Count)),
    };
}
