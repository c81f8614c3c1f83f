using System.Text;

namespace Spud.Host.Tests.Cli;

/// <summary>A shell whose streams lie in memory.</summary>
internal static class TestShell
{
    public static Shell Create(string input = "") => new()
    {
        In = new MemoryStream(Encoding.UTF8.GetBytes(input)),
        Out = new StringWriter(),
        Error = new StringWriter(),
    };

    /// <summary>Runs a command line in this process.</summary>
    public static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        using Shell shell = Create();
        int code = CommandLine.Run(arguments, shell);
        return (code, shell.Out.ToString()!, shell.Error.ToString()!);
    }
}
