using System.CommandLine;
using System.Globalization;
using Spud.Accounts;

namespace Spud.Host;

/// <summary>The options that say which jobs or receipts to list.</summary>
internal sealed class QueryArguments
{
    private const int DefaultMaximum = 50;

    private readonly Option<string?> _account = new("--account") { Description = "Those of this account alone.", HelpName = "NAME" };
    private readonly Option<string?> _since = new("--since") { Description = "Not before this time, such as 2026-11-30 or 2026-11-30T08:00.", HelpName = "TIME" };
    private readonly Option<string?> _until = new("--until") { Description = "Before this time.", HelpName = "TIME" };
    private readonly Option<int?> _maximum = Values.Integer("--maximum", 1, int.MaxValue, $"How many at most, the newest first. Default: {DefaultMaximum}.");

    public QueryArguments(Command command)
    {
        foreach (Option option in new Option[] { _account, _since, _until, _maximum })
            command.Options.Add(option);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="BadInputException">A time is malformed.</exception>
    public JobQuery Of(ParseResult parsed) => new()
    {
        Account = parsed.GetValue(_account),
        Since = Time(parsed, _since),
        Until = Time(parsed, _until),
        Maximum = parsed.GetValue(_maximum) ?? DefaultMaximum,
    };

    private static DateTimeOffset? Time(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text)
            return null;

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time) ? time
            : throw new BadInputException($"{option.Name}: expected a time such as 2026-11-30 or 2026-11-30T08:00, got '{text}'.");
    }
}
