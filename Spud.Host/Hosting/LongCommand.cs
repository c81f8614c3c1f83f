using System.CommandLine;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Spud.Host;

/// <summary>
/// A long-running command: it runs inside the generic host, which provides settings, a log file and one lifetime for everything in the
/// process. Short commands do not use it, and start without loading its assemblies.
/// </summary>
internal static class LongCommand
{
    /// <summary>Makes a command run inside the host, and adds the option for its log file.</summary>
    /// <param name="command">The command, which gets the action and the option.</param>
    /// <param name="shell">Shell of the process.</param>
    /// <param name="run">Runs the command; returns an exit code.</param>
    public static void SetAction(Command command, Shell shell, Func<ParseResult, int> run)
    {
        Option<string?> log = new("--log") { Description = "Append messages, errors with stack traces, and the figures of each request to this file; see docs/configuration.md.", HelpName = "FILE" };
        command.Options.Add(log);
        command.SetAction(parsed => Run(parsed, parsed.GetValue(log), shell, run));
    }

    // In a separate method, so that help loads nothing of the host.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Run(ParseResult parsed, string? logFile, Shell shell, Func<ParseResult, int> run)
    {
        using IHost host = CommandHost.Build(logFile, shell);
        host.Start();
        ILogger log = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger($"spud {parsed.CommandResult.Command.Name}");
        log.LogInformation("start: Spud {Version}, .NET {Runtime}, {Processors} processors", typeof(LongCommand).Assembly.GetName().Version, Environment.Version, Environment.ProcessorCount);
        try
        {
            int exitCode = run(parsed);
            log.LogInformation("end: exit code {ExitCode}", exitCode);
            return exitCode;
        }
        catch (Exception exception)
        {
            log.Log(exception is OperationCanceledException ? LogLevel.Warning : LogLevel.Error, "end: exit code {ExitCode}\n{Details}", Failure.Of(exception).ExitCode, SafeText.Of(Failure.Details(exception)));
            throw;
        }
        finally
        {
            host.StopAsync().GetAwaiter().GetResult();
        }
    }
}
