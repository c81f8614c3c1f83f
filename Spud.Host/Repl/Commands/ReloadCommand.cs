namespace Spud.Host.Repl.Commands;

/// <summary><c>/reload</c>.</summary>
internal static class ReloadCommand
{
    public static SessionCommand Command { get; } = new("reload")
    {
        Group = CommandGroup.Pipeline,
        Help = "Load the plugins again and go on; needs --reload at the start.",
        MayFail = true,
        Run = static (session, _, _) =>
        {
            session.Reload();
            session.Say($"(reloaded: {session.Plugins})");
        },
    };
}
