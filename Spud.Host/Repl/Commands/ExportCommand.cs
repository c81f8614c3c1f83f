namespace Spud.Host.Repl.Commands;

/// <summary><c>/export</c>.</summary>
internal static class ExportCommand
{
    public static SessionCommand Command { get; } = new("export")
    {
        Arguments = "FILE",
        Group = CommandGroup.Answers,
        Help = "Write the conversation to a file: .md, .html, or .json with ids, pipelines and receipts.",
        Run = static (session, arguments, _) => session.Export(arguments.Length == 0 ? throw new BadInputException("/export: expected a file, such as /export talk.md") : CommandLineText.Words(arguments)[0]),
        Complete = static (_, arguments) => PathCompletion.Of(arguments, null),
    };
}
