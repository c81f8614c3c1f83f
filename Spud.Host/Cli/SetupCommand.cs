using System.CommandLine;

namespace Spud.Host;

/// <summary><c>./spud setup NAME</c>, implemented by the start script: setup is followed by a build, which the host cannot do for itself.</summary>
internal static class SetupCommand
{
    public static Command Create(Shell shell)
    {
        Argument<string[]> name = new("name") { Description = "The backend, such as onnx or torch, and its options.", Arity = ArgumentArity.ZeroOrMore };
        Command command = new("setup", "Install what a backend needs (only through ./spud): ./spud setup --help.") { name };
        command.SetAction(int (ParseResult _) => throw new BadInputException("setup is done by the script ./spud in Spud's folder, because it ends with a build: ./spud setup NAME"));
        return command;
    }
}
