using System.CommandLine;
using Spud.Accounts;

namespace Spud.Host;

/// <summary><c>spud accounts</c>: who may compute, and with how much money.</summary>
internal static class AccountsCommand
{
    private const int ShownTransfers = 20;

    public static Command Create(Shell shell)
    {
        Command group = new("accounts", "Manage the accounts of a server: balances, limits and API keys.");
        AccountsTarget target = new(group, shell);
        foreach (Command command in new[] { List(shell, target), Show(shell, target), Add(shell, target), Deposit(shell, target), Withdraw(shell, target), Limit(shell, target),
            Enable(shell, target), Disable(shell, target), AccountKeyCommands.Key(shell, target), AccountKeyCommands.Revoke(shell, target), CheckCommand.Create(shell, target) })
        {
            group.Subcommands.Add(command);
        }

        return group;
    }

    /// <summary>The name of an account.</summary>
    public static Argument<string> Name(Command command)
    {
        Argument<string> name = new("account") { Description = "Name of the account; see 'spud accounts list'." };
        command.Arguments.Add(name);
        return name;
    }

    private static Command List(Shell shell, AccountsTarget target)
    {
        Command command = new("list", "List the accounts.");
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            List<Account> accounts = await store.AccountsAsync(cancel).ConfigureAwait(false);
            if (parsed.GetValue(json))
                shell.WriteJson([.. accounts], AccountsJson.Readable.AccountArray);
            else
                AccountTables.Write(shell.Out, accounts);
        }));
        return command;
    }

    private static Command Show(Shell shell, AccountsTarget target)
    {
        Command command = new("show", $"Show an account: its limits, its API keys and the last {ShownTransfers} movements of its money.");
        Argument<string> name = Name(command);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            Account account = await FindAsync(store, parsed.GetValue(name)!, cancel).ConfigureAwait(false);
            List<ApiKey> keys = await store.KeysAsync(account.Name, cancel).ConfigureAwait(false);
            List<Transfer> transfers = await store.TransfersAsync(new() { Account = account.Name, Maximum = ShownTransfers }, cancel).ConfigureAwait(false);
            if (parsed.GetValue(json))
                shell.WriteJson(new(account, [.. keys], [.. transfers]), AccountsJson.Readable.AccountResult);
            else
                AccountTables.Write(shell.Out, account, keys, transfers);
        }));
        return command;
    }

    private static Command Add(Shell shell, AccountsTarget target)
    {
        Command command = new("add", "Add an account, without money.");
        Argument<string> name = new("account") { Description = "Its name: lower-case letters, digits, '.', '_' and '-'." };
        Option<string?> currency = new("--currency") { Description = "Currency of its money, three letters. Default: EUR.", HelpName = "CODE" };
        command.Arguments.Add(name);
        command.Options.Add(currency);
        LimitArguments limits = new(command);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            Account account = limits.Apply(parsed, new() { Name = parsed.GetValue(name)!, Currency = (parsed.GetValue(currency) ?? "EUR").ToUpperInvariant() });
            Say(shell, parsed.GetValue(json), await store.AddAccountAsync(account, cancel).ConfigureAwait(false), $"added account '{account.Name}'. Give it money with 'spud accounts deposit', and a key with 'spud accounts key'.");
        }, create: true));
        return command;
    }

    private static Command Deposit(Shell shell, AccountsTarget target) => Move("deposit", "Add money to an account.", shell, target, isDeposit: true);

    private static Command Withdraw(Shell shell, AccountsTarget target) => Move("withdraw", "Take money out of an account.", shell, target, isDeposit: false);

    private static Command Move(string verb, string description, Shell shell, AccountsTarget target, bool isDeposit)
    {
        Command command = new(verb, description);
        Argument<string> name = Name(command), amount = MoneyText.Argument("How much, such as 10 or 0.5eur.");
        Option<string?> note = new("--note") { Description = "What for, such as the number of an invoice.", HelpName = "TEXT" };
        command.Arguments.Add(amount);
        command.Options.Add(note);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            MoneyText money = MoneyText.Parse(parsed.GetValue(amount)!);
            Account before = await FindAsync(store, parsed.GetValue(name)!, cancel).ConfigureAwait(false);
            decimal moved = money.In(before.Currency, before.Name);
            Account account = await (isDeposit ? store.DepositAsync(before.Name, moved, parsed.GetValue(note), cancel) : store.WithdrawAsync(before.Name, moved, parsed.GetValue(note), cancel)).ConfigureAwait(false);
            Say(shell, parsed.GetValue(json), account, $"the balance of '{account.Name}' is {AccountTables.Money(account.Balance)} {account.Currency}.");
        }));
        return command;
    }

    private static Command Limit(Shell shell, AccountsTarget target)
    {
        Command command = new("limit", "Set an account's limits and weight.");
        Argument<string> name = Name(command);
        LimitArguments limits = new(command);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            Account account = await store.ChangeAccountAsync(parsed.GetValue(name)!, account => limits.Apply(parsed, account), cancel).ConfigureAwait(false);
            Say(shell, parsed.GetValue(json), account, $"account '{account.Name}': {AccountTables.Limits(account)}; weight {account.Weight:0.######}.");
        }));
        return command;
    }

    private static Command Enable(Shell shell, AccountsTarget target) => Switch("enable", "Let an account submit jobs again.", shell, target, enabled: true);

    private static Command Disable(Shell shell, AccountsTarget target) => Switch("disable", "Refuse an account's new jobs; those that it has go on.", shell, target, enabled: false);

    private static Command Switch(string verb, string description, Shell shell, AccountsTarget target, bool enabled)
    {
        Command command = new(verb, description);
        Argument<string> name = Name(command);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            Account account = await store.ChangeAccountAsync(parsed.GetValue(name)!, account => account with { Enabled = enabled }, cancel).ConfigureAwait(false);
            Say(shell, parsed.GetValue(json), account, $"account '{account.Name}' is {verb}d.");
        }));
        return command;
    }

    private static void Say(Shell shell, bool json, Account account, string text)
    {
        if (json)
            shell.WriteJson(account, AccountsJson.Readable.Account);
        else
            shell.Say(text);
    }

    private static async Task<Account> FindAsync(AccountStore store, string name, CancellationToken cancel)
    {
        if (await store.FindAccountAsync(name, cancel).ConfigureAwait(false) is { } account)
            return account;

        List<Account> known = await store.AccountsAsync(cancel).ConfigureAwait(false);
        throw new BadInputException($"there is no account '{name}'.{Models.Messages.Suggestion.Hint(name, known.Select(static other => other.Name))} 'spud accounts list' lists them.");
    }
}
