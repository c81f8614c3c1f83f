using Spud.Composition;
using Spud.Evaluation.Markets;
using Spud.Execution;
using Spud.Plugins;

namespace Scheduler.Market.Tests.Fair;

/// <summary>Simulations of the plugin as it is loaded by a host.</summary>
internal static class Simulated
{
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "../../../../../Spud.Host/bin", Directory.GetParent(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))!.Name, new DirectoryInfo(AppContext.BaseDirectory).Name, "plugins/scheduler.market");

    public static JobScheduler Create(string name, string options = "{}") =>
        StandaloneScheduler.Create(PluginCatalog.Discover(Folder), name, options, static fault => throw new InvalidOperationException(fault));

    public static MarketResult Run(MarketScenario scenario, string scheduler, string options = "{}")
    {
        using JobScheduler created = Create(scheduler, options);
        return new MarketSimulation(scenario, created).Run();
    }

    public static JobStream Stream(string account, Arrivals arrivals, int prompt = 30, int output = 40) =>
        new() { Account = account, Arrivals = arrivals, Prompt = [prompt, prompt], Output = [output, output] };
}
