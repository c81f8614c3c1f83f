namespace Spud.Host.Repl.Commands;

/// <summary><c>/budget</c>.</summary>
internal static class BudgetCommand
{
    private const string Once = " once";

    public static SessionCommand Command { get; } = new("budget")
    {
        Arguments = "[LIMIT [once] | off]",
        Group = CommandGroup.Budget,
        Help = "Limit what an answer may cost; it stops before it costs more.",
        Details = ["/budget 50cu         until changed", "/budget 50cu once    the next answer alone", "/budget 0.002eur     with a price list: /price FILE", "/budget off          what the pipeline says"],
        Run = static (session, arguments, _) => Run(session, arguments),
        Complete = static (_, _) => ["off"],
    };

    private static void Run(Session session, string arguments)
    {
        if (arguments.Length == 0)
        {
            Tell(session);
            return;
        }

        bool once = arguments.EndsWith(Once, StringComparison.Ordinal);
        string limit = once ? arguments[..^Once.Length].Trim() : arguments;
        session.Settings = session.Settings with
        {
            Budget = limit == "off" ? null
                : (BudgetText.Parse(limit) ?? throw new BadInputException($"/budget: expected {BudgetText.Expected}, got '{limit}'.")).Resolve(session.Settings.Prices, "/budget", "/price FILE"),
            BudgetOnce = once,
        };
        Tell(session);
    }

    private static void Tell(Session session) =>
        session.Say(session.Settings.Budget is { } budget ? $"An answer may cost {budget}{(session.Settings.BudgetOnce ? ", the next one alone" : "")}." : "An answer may cost what the pipeline says.");
}
