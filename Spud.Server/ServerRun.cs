using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Spud.Configuration;
using Spud.Models;
using Spud.Server.Operations;
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
            await using (app.ConfigureAwait(false))
            {
                await app.StartAsync().ConfigureAwait(false);
                foreach (string address in app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses)
                    await Console.Error.WriteLineAsync($"listening on {address}").ConfigureAwait(false);

                Readiness readiness = app.Services.GetRequiredService<Readiness>();
                await using (app.Lifetime.ApplicationStopping.Register(readiness.End).ConfigureAwait(false))
                    await app.WaitForShutdownAsync().ConfigureAwait(false);

                return app.Services.GetRequiredService<FirstModel>().Fault is { } fault ? Report(fault) : Done;
            }
        }
        catch (Exception fault) when (fault is SettingsException or ConfigurationException or Accounts.AccountsException or IOException)
        {
            return Report(fault);
        }
    }

    private static int Report(Exception fault)
    {
        foreach (string line in fault.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Console.Error.WriteLine($"error: {line}");

        return fault is SettingsException or ConfigurationException or CompositionException or ModelFileException or TemplateException or FileNotFoundException ? BadInput : Failed;
    }
}
