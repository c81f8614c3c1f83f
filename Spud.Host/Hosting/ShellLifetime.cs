using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Spud.Host;

/// <summary>
/// The host's lifetime, as the shell knows it: signals are the shell's, which lets a running answer or comparison end first; the host is
/// told when one ends the process.
/// </summary>
internal sealed class ShellLifetime(Shell shell, IHostApplicationLifetime application, ILogger<ShellLifetime> log) : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        shell.Interrupts.Ending = signal =>
        {
            log.LogWarning("the process is asked to end: {Signal}", $"{signal}");
            application.StopApplication();
        };
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        shell.Interrupts.Ending = null;
        return Task.CompletedTask;
    }
}
