using System.CommandLine;

namespace Spud.Host;

/// <summary>The options that say what an answer must be.</summary>
internal sealed class FormatArguments
{
    private readonly Option<string?> _grammar = new("--grammar") { Description = "The answer matches this grammar (a file in GBNF, the notation of llama.cpp).", HelpName = "FILE" };
    private readonly Option<string?> _schema = new("--json-schema") { Description = "The answer is JSON that is valid for this schema: a file, or the schema itself.", HelpName = "FILE|JSON" };
    private readonly Shell _shell;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="shell">Records which files are read.</param>
    public FormatArguments(Command command, Shell shell)
    {
        _shell = shell;
        command.Options.Add(_grammar);
        command.Options.Add(_schema);
    }

    /// <summary>The format given by the user; null if none was.</summary>
    /// <exception cref="BadInputException">Two are given, or it cannot be honoured.</exception>
    public AnswerFormat? Read(ParseResult parsed)
    {
        (string? grammar, string? schema) = (parsed.GetValue(_grammar), parsed.GetValue(_schema));
        if (grammar is not null && schema is not null)
            throw new BadInputException("--grammar and --json-schema both say what the answer must be. Use one.");

        if (grammar is not null)
            return AnswerFormat.OfGrammar(grammar, InputText.Read(grammar, _shell));
        if (schema is null)
            return null;

        bool isText = schema.AsSpan().TrimStart() is ['{', ..] or "true" or "false";
        return AnswerFormat.OfSchema(isText ? "--json-schema" : schema, isText ? schema : InputText.Read(schema, _shell));
    }
}
