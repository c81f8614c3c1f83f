using System.CommandLine;
using System.Text.Json;
using Spud.Composition;
using Spud.Evaluation.Markets;
using Spud.Execution;
using Spud.Plugins;

namespace Spud.Host;

/// <summary><c>spud market simulate</c>: what schedulers make of a load, in virtual time.</summary>
internal sealed class MarketCommand
{
    private readonly Shell _shell;
    private readonly PluginArguments _plugins;
    private readonly Argument<string> _scenario = new("scenario") { Description = "The scenario: a JSON file, see docs/market.md.", HelpName = "SCENARIO.json" };
    private readonly Option<string[]> _schedulers = new("--scheduler")
    {
        Description = "A scheduler instead of the scenario's: its name, or an object with 'use' and its options. Several are compared.",
        HelpName = "NAME",
    };

    private readonly Option<int?> _seed = Values.Integer("--seed", 0, int.MaxValue, "A seed instead of the scenario's.");
    private readonly Option<bool> _json = new("--json") { Description = "Print the figures as one JSON document." };
    private readonly Option<string?> _html = new("--html") { Description = "Write a self-contained HTML page with plots.", HelpName = "FILE" };

    private MarketCommand(Command command, Shell shell)
    {
        _shell = shell;
        command.Arguments.Add(_scenario);
        foreach (Option option in new Option[] { _schedulers, _seed, _html })
            command.Options.Add(option);

        _plugins = new(command, shell);
        command.Options.Add(_json);
        command.SetAction(Run);
    }

    public static Command Create(Shell shell)
    {
        Command simulate = new("simulate", "Replay arrivals of jobs against schedulers, faster than real time: value served, revenue, waiting times, fairness.");
        _ = new MarketCommand(simulate, shell);
        return new("market", "Prices and shares when more is asked than an engine can do.") { simulate };
    }

    private int Run(ParseResult parsed)
    {
        MarketScenario scenario = Read(parsed.GetValue(_scenario)!);
        scenario.Seed = parsed.GetValue(_seed) ?? scenario.Seed;
        using PluginCatalog plugins = _plugins.Catalog(parsed);
        using OutputFile? html = _shell.Files.CreateIfNamed(parsed.GetValue(_html));
        using Interrupts.Section section = _shell.Interrupts.Begin();
        MarketReport report = new(scenario.Name, scenario.Seconds, scenario.Seed, [.. Schedulers(parsed, scenario).Select(scheduler => Simulate(scenario, scheduler, plugins, section.Token))]);
        html?.Write(MarketPage.Write(report));
        html?.Complete();
        if (parsed.GetValue(_json))
            _shell.WriteJson(report, MarketJson.Readable.MarketReport);
        else
            MarketTable.Write(report, _shell.Out);

        return ExitCodes.Done;
    }

    private MarketScenario Read(string file)
    {
        _shell.Files.Reads(file);
        try
        {
            return ScenarioReader.ReadFile(file);
        }
        catch (FormatException fault)
        {
            throw new BadInputException(fault.Message);
        }
    }

    private MarketResult Simulate(MarketScenario scenario, JsonElement scheduler, PluginCatalog plugins, CancellationToken cancellation)
    {
        string use = scheduler.TryGetProperty("use", out JsonElement name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "fifo";
        using JobScheduler created = StandaloneScheduler.Create(plugins, use, scheduler.GetRawText(), _shell.Say);
        try
        {
            return new MarketSimulation(scenario, created).Run(cancellation);
        }
        catch (FormatException fault)
        {
            throw new BadInputException(fault.Message);
        }
    }

    private IEnumerable<JsonElement> Schedulers(ParseResult parsed, MarketScenario scenario)
    {
        string[] named = parsed.GetValue(_schedulers) ?? [];
        if (named.Length == 0)
            return [scenario.Scheduler is { ValueKind: JsonValueKind.Object } own ? own : Named("fifo")];
        return named.Select(static text => text.TrimStart().StartsWith('{') ? Parsed(text) : Named(text));
    }

    private static JsonElement Parsed(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException fault)
        {
            throw new BadInputException($"--scheduler: {fault.Message}");
        }
    }

    private static JsonElement Named(string name) => Parsed($"{{\"use\":{JsonSerializer.Serialize(name, MarketJson.Default.String)}}}");
}
