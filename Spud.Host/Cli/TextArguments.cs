using System.CommandLine;

namespace Spud.Host;

/// <summary>A text that is taken exactly as it is: an argument or a file.</summary>
internal sealed class TextArguments
{
    private readonly Argument<string?> _text = new("text") { Description = "The text. Put text that begins with '-' after '--'.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "Read the text from a file, '-' for standard input.", HelpName = "FILE" };

    /// <summary>Adds the argument and the option to a command.</summary>
    public TextArguments(Command command)
    {
        command.Arguments.Add(_text);
        command.Options.Add(_file);
    }

    /// <summary>The text.</summary>
    /// <exception cref="BadInputException">There is none, or two, or the file cannot be read.</exception>
    public string Read(ParseResult parsed, Shell shell) => (parsed.GetValue(_text), parsed.GetValue(_file)) switch
    {
        ({ } text, null) => text,
        (null, { } file) => InputText.Read(file, shell),
        (null, null) => throw new BadInputException("no text is given. Give it in quotes, with -f FILE, or with -f - for standard input."),
        _ => throw new BadInputException("the text is given twice (argument and -f). Use one."),
    };

    /// <summary>What the text is called: its file's name, or where it came from.</summary>
    public string Name(ParseResult parsed) => parsed.GetValue(_file) switch
    {
        null => "(argument)",
        InputText.StandardInput => "(standard input)",
        { } file => Path.GetFileName(file),
    };
}
