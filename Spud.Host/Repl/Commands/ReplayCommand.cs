namespace Spud.Host.Repl.Commands;

/// <summary><c>/replay</c>.</summary>
internal static class ReplayCommand
{
    public static SessionCommand Command { get; } = new("replay")
    {
        Arguments = "[N]",
        Group = CommandGroup.Answers,
        Help = "Run the last turn, or turn N, again under the present pipeline, and compare both answers.",
        Details = ["The conversation stays as it is: /retry replaces an answer."],
        Run = static (session, arguments, cancellation) => session.Replay(TurnNumber.Of(arguments, "/replay", session.Conversation.Turns.Count), cancellation),
    };
}
