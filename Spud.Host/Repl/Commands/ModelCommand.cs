using System.Text.Json;

namespace Spud.Host.Repl.Commands;

/// <summary><c>/model</c>.</summary>
internal static class ModelCommand
{
    public static SessionCommand Command { get; } = new("model")
    {
        Arguments = "FILE",
        Group = CommandGroup.Pipeline,
        Help = "Go on with another model, a GGUF file; the conversation is read again.",
        Run = static (session, arguments, _) =>
        {
            if (arguments.Length == 0)
                throw new BadInputException("/model: expected a GGUF file, such as /model models/other.gguf");

            // Quoted, so that a file named 'true' is read as a string.
            string file = CommandLineText.Words(arguments)[0];
            session.Swap(session.Source.With($"model=\"{JsonEncodedText.Encode(file)}\"", $"/model {file}"));
        },
        Complete = static (_, arguments) => PathCompletion.Of(arguments, ".gguf"),
    };
}
