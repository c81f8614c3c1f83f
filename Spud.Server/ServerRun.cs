using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Spud.Configuration;
using Spud.Models;
using Spud.Server.Operations;
using Spud.Server.Security;
using Spud.Server.Settings;
using Spud.Text.ChatTemplates;

namespace Spud.Server;

/// <summary>Runs the server to its end, and says why it could not start.</summary>
internal static class ServerRun
{
    private const int Done = 0, Failed = 1, BadInput = 2;

    /// <summary>Runs the server.</summary>
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            WebApplication app = ServerApp.Build(arguments);
            try
            {
                await StartAsync(app).ConfigureAwait(false);
                foreach (string address in app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses)
                    await Console.Error.WriteLineAsync($"listening on {address}").ConfigureAwait(false);

                Readiness readiness = app.Services.GetRequiredService<Readiness>();
                await using (app.Lifetime.ApplicationStopping.Register(readiness.End).ConfigureAwait(false))
                    await app.WaitForShutdownAsync().ConfigureAwait(false);

                return Fault(app.Services) is { } fault ? Report(fault) : Done;
            }
            finally
            {
                await EndAsync(app).ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (fault is SettingsException or ConfigurationException or Accounts.AccountsException or IOException)
        {
            return Report(fault);
        }
    }

    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync().ConfigureAwait(false);
        }
        catch (Exception fault) when (ListenFault.Of(fault, app.Services.GetRequiredService<ServerSettings>()) is { } said)
        {
            throw said;
        }
    }

    // Why the process ended by itself: the first model cannot be loaded, or a service of the host failed.
    private static Exception? Fault(IServiceProvider services) =>
        services.GetRequiredService<FirstModel>().Fault
        ?? services.GetServices<IHostedService>().OfType<BackgroundService>().Select(static service => service.ExecuteTask?.Exception?.InnerException).FirstOrDefault(static fault => fault is not null);

    // A component that hangs holds the loop's thread, for which the models wait.
    private static async Task EndAsync(WebApplication app)
    {
        bool hangs = app.Services.GetRequiredService<Readiness>().Hangs;
        double patience = hangs ? 1 : app.Services.GetRequiredService<ServerSettings>().HangSeconds;
        Task ending = Task.Run(async () => await app.DisposeAsync().ConfigureAwait(false));
        if (await Task.WhenAny(ending, Task.Delay(TimeSpan.FromSeconds(patience))).ConfigureAwait(false) == ending)
        {
            await ending.ConfigureAwait(false);
            return;
        }

        await Console.Error.WriteLineAsync("error: a component hangs, so the process ends without waiting for it.").ConfigureAwait(false);
        Environment.Exit(HangWatch.ExitCode);
    }

    private static int Report(Exception fault)
    {
        foreach (string line in fault.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Console.Error.WriteLine($"error: {line}");

        return fault is SettingsException or ConfigurationException or CompositionException or ModelFileException or TemplateException or FileNotFoundException ? BadInput : Failed;
    }
}
