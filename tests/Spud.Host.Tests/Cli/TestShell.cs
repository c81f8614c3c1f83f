using System.Text;

namespace Spud.Host.Tests.Cli;

/// <summary>A shell whose streams lie in memory.</summary>
internal static class TestShell
{
    public static Shell Create(string input = "") => Create(new StringWriter(), new StringWriter(), input);

    public static Shell Create(StringWriter output, StringWriter error, string input = "") => new(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error);

    /// <summary>Runs a command line in this process.</summary>
    public static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        StringWriter output = new(), error = new();
        using Shell shell = Create(output, error);
        int code = CommandLine.Run(arguments, shell);
        return (code, output.ToString(), error.ToString());
    }
}
