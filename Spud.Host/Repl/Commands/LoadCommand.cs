namespace Spud.Host.Repl.Commands;

/// <summary><c>/load</c>.</summary>
internal static class LoadCommand
{
    public static SessionCommand Command { get; } = new("load")
    {
        Aliases = ["open", "resume"],
        Arguments = "NAME",
        Group = CommandGroup.Conversation,
        Help = "Go on with a saved conversation, by its name or number.",
        Details = ["A GGUF file's name is taken for /model."],
        Run = static (session, arguments, cancellation) =>
        {
            if (arguments.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
                ModelCommand.Command.Run(session, arguments, cancellation);
            else
                session.Load(arguments);
        },
        Complete = static (session, _) => session.SavedNames,
    };
}
