namespace Spud.Host.Repl.Commands;

/// <summary><c>/pipeline</c>.</summary>
internal static class PipelineCommand
{
    public static SessionCommand Command { get; } = new("pipeline")
    {
        Arguments = "FILE",
        Group = CommandGroup.Pipeline,
        Help = "Go on with the pipeline of a file.",
        Details = ["Without a file: what the present pipeline was made from."],
        Run = static (session, arguments, _) =>
        {
            if (arguments.Length == 0)
                session.Say(Describe(session.Source));
            else
                session.Swap(new(CommandLineText.Words(arguments)[0], []));
        },
        Complete = static (_, arguments) => PathCompletion.Of(arguments, ".json"),
    };

    private static string Describe(PipelineSource source) =>
        string.Join('\n', source.Edits.Select(edit => $"  {edit.Source}").Prepend(source.File ?? "the default pipeline"));
}
