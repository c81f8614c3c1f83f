using System.CommandLine;
using Spud.Accounts;

namespace Spud.Host;

/// <summary>The options that change an account's weight and limits.</summary>
internal sealed class LimitArguments
{
    private const string None = "none";

    private readonly Option<string[]> _request = Limit("--request", "of a request");
    private readonly Option<string[]> _minute = Limit("--minute", "in a minute");
    private readonly Option<string[]> _day = Limit("--day", "in a day (UTC)");
    private readonly Option<float?> _weight = Values.Number("--weight", 0.001f, 1_000_000, "Its share of the capacity in proportion to others. Default: 1.");

    public LimitArguments(Command command)
    {
        foreach (Option option in new Option[] { _request, _minute, _day, _weight })
            command.Options.Add(option);
    }

    /// <summary>The account with what was given.</summary>
    /// <exception cref="BadInputException">A limit is malformed, or in another currency.</exception>
    public Account Apply(ParseResult parsed, Account account)
    {
        AccountLimits limits = account.Limits;
        foreach ((decimal? units, decimal? amount) in Changes(parsed, _request, account, limits.ComputeUnitsPerRequest, limits.AmountPerRequest))
            limits = limits with { ComputeUnitsPerRequest = units, AmountPerRequest = amount };
        foreach ((decimal? units, decimal? amount) in Changes(parsed, _minute, account, limits.ComputeUnitsPerMinute, limits.AmountPerMinute))
            limits = limits with { ComputeUnitsPerMinute = units, AmountPerMinute = amount };
        foreach ((decimal? units, decimal? amount) in Changes(parsed, _day, account, limits.ComputeUnitsPerDay, limits.AmountPerDay))
            limits = limits with { ComputeUnitsPerDay = units, AmountPerDay = amount };

        return account with { Limits = limits, Weight = parsed.GetValue(_weight) is { } weight ? (decimal)weight : account.Weight };
    }

    private static Option<string[]> Limit(string name, string of) => new(name)
    {
        Description = $"Maximum {of}: compute, such as 250cu, or money, such as 0.5eur; twice for both; 'none' lifts both.",
        HelpName = "AMOUNT",
    };

    // The two limits of a period after each value that was given.
    private static IEnumerable<(decimal? ComputeUnits, decimal? Amount)> Changes(ParseResult parsed, Option<string[]> option, Account account, decimal? computeUnits, decimal? amount)
    {
        foreach (string text in parsed.GetValue(option) ?? [])
        {
            BudgetText? limit = BudgetText.Parse(text);
            if (limit is null && text != None)
                throw new BadInputException($"{option.Name}: expected {BudgetText.Expected}, or '{None}', got '{text}'.");

            if (limit is null)
                (computeUnits, amount) = (null, null);
            else if (limit.Unit == "cu")
                computeUnits = limit.Amount;
            else
                amount = new MoneyText(limit.Amount, limit.Unit.ToUpperInvariant()).In(account.Currency, account.Name);

            yield return (computeUnits, amount);
        }
    }
}
