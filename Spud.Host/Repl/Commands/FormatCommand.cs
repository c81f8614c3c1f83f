namespace Spud.Host.Repl.Commands;

/// <summary><c>/format</c>.</summary>
internal static class FormatCommand
{
    private const string Grammar = ".gbnf";

    public static SessionCommand Command { get; } = new("format")
    {
        Arguments = "[FILE | off]",
        Group = CommandGroup.Conversation,
        Help = "Hold answers to a JSON schema or a grammar, from the next turn on.",
        Details = ["/format person.json: answers are JSON that is valid for the schema in the file.", "/format move.gbnf: answers match the grammar in the file."],
        Run = static (session, arguments, _) =>
        {
            if (arguments == "off")
                session.Settings = session.Settings with { Format = null };
            else if (arguments.Length > 0)
                session.Settings = session.Settings with { Format = Load(CommandLineText.Words(arguments)[0]) };

            session.Say(session.Settings.Format is { } format ? $"Answers have the form of {format.Name}." : "Answers are free.");
        },
        Complete = static (_, arguments) => PathCompletion.Of(arguments, ".json").Concat(PathCompletion.Of(arguments, Grammar)).Distinct(),
    };

    private static AnswerFormat Load(string path)
    {
        string text = File.ReadAllText(path);
        return path.EndsWith(Grammar, StringComparison.OrdinalIgnoreCase) ? AnswerFormat.OfGrammar(path, text) : AnswerFormat.OfSchema(path, text);
    }
}
