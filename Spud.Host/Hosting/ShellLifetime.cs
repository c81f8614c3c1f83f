using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Spud.Host;

/// <summary>
/// The host's lifetime, controlled by the shell: the shell handles signals, and lets a running answer or comparison end first; the host is
/// notified when a signal ends the process.
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
