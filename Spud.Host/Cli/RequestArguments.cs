using System.CommandLine;
using System.CommandLine.Parsing;
using Spud.Configuration;
using Spud.Generation;
using Spud.Metering;

namespace Spud.Host;

/// <summary>The options of commands whose requests are billed: budget and prices.</summary>
internal sealed class RequestArguments
{
    private readonly Option<BudgetText?> _budget = new("--budget")
    {
        Description = "Maximum cost of an answer: 250cu (10^9 FLOP each), or 0.002eur with a price list. It is never exceeded. Default: the pipeline's.",
        HelpName = "LIMIT",
        CustomParser = Parse,
    };

    private readonly Option<float?> _effort = Values.Number("--effort", 0, 1, "How much compute an answer is worth: below 1, routers that can choose use fewer experts. Default: the pipeline's, or 1.");
    private readonly Option<DraftPreference?> _prefer = new("--prefer")
    {
        Description = "What lengths of drafts are chosen for, if the pipeline has a drafter: latency, compute (few rejected rows), or fixed (its maximum). Default: the pipeline's, or latency.",
        HelpName = "AIM",
        CustomParser = static result => Values.OneOf(result, "--prefer", Enum.GetValues<DraftPreference>()),
    };

    private readonly Option<string?> _prices = new("--prices") { Description = "Price list (a JSON file): the receipt then states what an answer costs.", HelpName = "FILE" };

    private readonly Option<Uri?> _otlp = new("--otlp")
    {
        Description = "Send spans and metrics to this OpenTelemetry collector (OTLP over HTTP, such as http://localhost:4318). Default: nothing is sent.",
        HelpName = "URL",
        CustomParser = ParseUrl,
    };

    private readonly Shell _shell;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="shell">Records which files are read.</param>
    public RequestArguments(Command command, Shell shell)
    {
        _shell = shell;
        foreach (Option option in new Option[] { _budget, _effort, _prefer, _prices, _otlp })
            command.Options.Add(option);
    }

    /// <summary>The price list; null if none was named.</summary>
    /// <exception cref="ConfigurationException">The file is invalid; the exception lists all faults.</exception>
    public PriceList? Prices(ParseResult parsed)
    {
        if (parsed.GetValue(_prices) is not { } path)
            return null;

        _shell.Files.Reads(path);
        return PriceList.Load(path);
    }

    /// <summary>The telemetry collector; null if none.</summary>
    public Uri? Collector(ParseResult parsed) => parsed.GetValue(_otlp);

    /// <summary>Sets the options given by the user.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="prices">The result of <see cref="Prices"/>.</param>
    /// <param name="options">The options to change.</param>
    /// <exception cref="BadInputException">The budget is in a currency without a price list.</exception>
    public void Apply(ParseResult parsed, PriceList? prices, GenerationOptions options)
    {
        options.Budget = parsed.GetValue(_budget)?.Resolve(prices);
        options.Effort = parsed.GetValue(_effort);
        options.Prefer = parsed.GetValue(_prefer);
    }

    private static BudgetText? Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (BudgetText.Parse(text) is { } budget)
            return budget;

        result.AddError($"--budget: expected {BudgetText.Expected}, got '{text}'.");
        return null;
    }

    private static Uri? ParseUrl(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url is { Scheme: "http" or "https", Query: "", Fragment: "" })
            return url;

        result.AddError($"--otlp: expected a URL such as http://localhost:4318, got '{text}'.");
        return null;
    }
}
