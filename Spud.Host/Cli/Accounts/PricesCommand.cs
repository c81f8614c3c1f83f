using System.CommandLine;
using Spud.Accounts;

namespace Spud.Host;

/// <summary><c>spud prices</c>: the price lists of a server.</summary>
internal static class PricesCommand
{
    public static Command Create(Shell shell)
    {
        Command group = new("prices", "List, show and add the price lists of a server, and choose which applies to new jobs.");
        AccountsTarget target = new(group, shell);
        foreach (Command command in new[] { List(shell, target), Show(shell, target), Add(shell, target), Apply(shell, target) })
            group.Subcommands.Add(command);

        return group;
    }

    private static Command List(Shell shell, AccountsTarget target)
    {
        Command command = new("list", "List all versions of all price lists, the newest first.");
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            List<StoredPriceList> lists = await store.PriceListsAsync(cancel).ConfigureAwait(false);
            if (parsed.GetValue(json))
                shell.WriteJson([.. lists.Select(static list => PriceListResult.Of(list, whole: false))], AccountsJson.Readable.PriceListResultArray);
            else
                AccountTables.Write(shell.Out, lists);
        }));
        return command;
    }

    private static Command Show(Shell shell, AccountsTarget target)
    {
        Command command = new("show", "Print a version of a price list, as it was added.");
        (Argument<string> name, Argument<string> version) = Version(command);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            List<StoredPriceList> lists = await store.PriceListsAsync(cancel).ConfigureAwait(false);
            StoredPriceList list = lists.Find(list => list.Name == parsed.GetValue(name) && list.Version == parsed.GetValue(version))
                ?? throw new BadInputException($"there is no price list '{parsed.GetValue(name)}' {parsed.GetValue(version)}. 'spud prices list' lists them.");
            if (parsed.GetValue(json))
                shell.WriteJson(PriceListResult.Of(list, whole: true), AccountsJson.Readable.PriceListResult);
            else
                shell.Out.WriteLine(list.Json.TrimEnd());
        }));
        return command;
    }

    private static Command Add(Shell shell, AccountsTarget target)
    {
        Command command = new("add", "Add a price list, which applies to new jobs in its currency from now on. Its version never changes afterwards.");
        Argument<string> file = new("file") { Description = "The price list, a JSON file." };
        Option<bool> later = new("--later") { Description = "Add it without applying it: 'spud prices apply' does that." };
        command.Arguments.Add(file);
        command.Options.Add(later);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            string text = await File.ReadAllTextAsync(parsed.GetValue(file)!, cancel).ConfigureAwait(false);
            Write(shell, parsed.GetValue(json), await store.AddPriceListAsync(text, applies: !parsed.GetValue(later), cancel).ConfigureAwait(false));
        }, create: true));
        return command;
    }

    private static Command Apply(Shell shell, AccountsTarget target)
    {
        Command command = new("apply", "Make a version of a price list apply to new jobs in its currency.");
        (Argument<string> name, Argument<string> version) = Version(command);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
            Write(shell, parsed.GetValue(json), await store.ApplyPriceListAsync(parsed.GetValue(name)!, parsed.GetValue(version)!, cancel).ConfigureAwait(false))));
        return command;
    }

    private static (Argument<string> Name, Argument<string> Version) Version(Command command)
    {
        Argument<string> name = new("name") { Description = "Name of the list; see 'spud prices list'." }, version = new("version") { Description = "Its version." };
        command.Arguments.Add(name);
        command.Arguments.Add(version);
        return (name, version);
    }

    private static void Write(Shell shell, bool json, StoredPriceList list)
    {
        if (json)
            shell.WriteJson(PriceListResult.Of(list, whole: false), AccountsJson.Readable.PriceListResult);
        else
            shell.Say($"price list '{list.Name}' {list.Version} {(list.Applies ? $"applies to new jobs in {list.Currency}" : "is added; it does not apply yet")}.");
    }
}
