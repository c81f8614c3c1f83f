using Spud.Metering;

namespace Spud.Host.Repl.Commands;

/// <summary><c>/price</c>.</summary>
internal static class PriceCommand
{
    public static SessionCommand Command { get; } = new("price")
    {
        Aliases = ["prices"],
        Arguments = "[FILE | off]",
        Group = CommandGroup.Budget,
        Help = "State what answers cost, by a price list.",
        Run = static (session, arguments, _) =>
        {
            if (arguments == "off")
                session.Settings = session.Settings with { Prices = null };
            else if (arguments.Length > 0)
                session.Settings = session.Settings with { Prices = PriceList.Load(CommandLineText.Words(arguments)[0]) };

            session.Say(session.Settings.Prices is { } list ? $"Prices '{list.Name}' {list.Version}, in {list.Currency}." : "No price list.");
        },
        Complete = static (_, arguments) => PathCompletion.Of(arguments, ".json"),
    };
}
