using System.CommandLine;

namespace Spud.Host;

/// <summary>A text that is used verbatim: an argument or a file.</summary>
internal sealed class TextArguments
{
    private readonly Argument<string?> _text = new("text") { Description = "The text. Put text that starts with '-' after '--'.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "Read the text from a file, '-' for standard input.", HelpName = "FILE" };

    private readonly Option<bool> _parseSpecial = SpecialOption("");

    /// <summary>Adds the argument and the options to a command.</summary>
    public TextArguments(Command command)
    {
        command.Arguments.Add(_text);
        command.Options.Add(_file);
        command.Options.Add(_parseSpecial);
    }

    /// <summary>The option that parses control tokens in texts.</summary>
    /// <param name="condition">When it applies, for its description.</param>
    public static Option<bool> SpecialOption(string condition) => new("--parse-special")
    {
        Description = $"{condition}Read the text of a control token, such as <|im_start|>, as that token. Default: as text.",
    };

    /// <summary>Whether control tokens are parsed.</summary>
    public bool ParseSpecial(ParseResult parsed) => parsed.GetValue(_parseSpecial);

    /// <summary>The text.</summary>
    /// <exception cref="BadInputException">No text or two texts are given, or the file cannot be read.</exception>
    public string Read(ParseResult parsed, Shell shell) => (parsed.GetValue(_text), parsed.GetValue(_file)) switch
    {
        ({ } text, null) => text,
        (null, { } file) => InputText.Read(file, shell),
        (null, null) => throw new BadInputException("no text is given. Give it in quotes, with -f FILE, or with -f - for standard input."),
        _ => throw new BadInputException("the text is given twice (argument and -f). Use one."),
    };

    /// <summary>Name of the text: its file name, or its origin.</summary>
    public string Name(ParseResult parsed) => parsed.GetValue(_file) switch
    {
        null => "(argument)",
        InputText.StandardInput => "(standard input)",
        { } file => Path.GetFileName(file),
    };
}
