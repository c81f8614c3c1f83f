namespace Spud.Host.Repl.Commands;

/// <summary><c>/why</c>.</summary>
internal static class WhyCommand
{
    public static SessionCommand Command { get; } = new("why")
    {
        Arguments = "[N]",
        Group = CommandGroup.Answers,
        Help = "Show the tokens of the last answer, or of answer N: probability, alternatives, cost.",
        Run = static (session, arguments, _) => session.Why(TurnNumber.Of(arguments, "/why", session.Conversation.Turns.Count)),
    };
}
