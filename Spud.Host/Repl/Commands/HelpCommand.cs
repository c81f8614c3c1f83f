namespace Spud.Host.Repl.Commands;

/// <summary><c>/help</c>.</summary>
internal static class HelpCommand
{
    public static SessionCommand Command { get; } = new("help")
    {
        Aliases = ["?"],
        Arguments = "[COMMAND]",
        Group = CommandGroup.Session,
        Help = "List the commands, or explain one.",
        Run = static (session, arguments, _) => session.Say(arguments.Length == 0 ? CommandHelp.Overview() : CommandHelp.Of(Named(arguments))),
        Complete = static (_, _) => CommandList.All.Select(command => command.Name),
    };

    private static SessionCommand Named(string name) => CommandList.Find(name.TrimStart('/')) ?? throw new BadInputException(CommandList.Unknown(name.TrimStart('/')));
}
