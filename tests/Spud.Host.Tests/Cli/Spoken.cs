namespace Spud.Host.Tests.Cli;

/// <summary>What one command line said.</summary>
/// <param name="ExitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Spoken(int ExitCode, string Out, string Error)
{
    /// <summary>The plugins that came with Spud; the host finds them in its own folder, but here the tests are the host.</summary>
    public static string PluginFolder => Path.Combine(Path.GetDirectoryName(EndToEnd.Spud.Program)!, "plugins");

    /// <summary>Runs a command line inside this process, with the plugins that came with Spud.</summary>
    public static Spoken WithPlugins(params string[] arguments) => Of([.. arguments, "--plugins", PluginFolder]);

    /// <summary>Runs a command line inside this process.</summary>
    public static Spoken Of(params string[] arguments)
    {
        (int code, string output, string error) = TestShell.Run(arguments);
        return new(code, output, error);
    }
}
