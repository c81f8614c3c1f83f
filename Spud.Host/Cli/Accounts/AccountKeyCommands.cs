using System.CommandLine;
using Spud.Accounts;

namespace Spud.Host;

/// <summary><c>spud accounts key</c> and <c>revoke</c>.</summary>
internal static class AccountKeyCommands
{
    public static Command Key(Shell shell, AccountsTarget target)
    {
        Command command = new("key", "Create an API key of an account, and print it. It is shown once: only its hash is kept.");
        Argument<string> account = AccountsCommand.Name(command);
        Option<string?> name = new("--name") { Description = "What it is for. Default: key.", HelpName = "TEXT" };
        command.Options.Add(name);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            CreatedKey created = await store.AddKeyAsync(parsed.GetValue(account)!, parsed.GetValue(name) ?? "key", cancel).ConfigureAwait(false);
            if (parsed.GetValue(json))
            {
                shell.WriteJson(created, AccountsJson.Readable.CreatedKey);
                return;
            }

            shell.Out.WriteLine(created.Secret);
            shell.Say($"Keep it: it cannot be shown again. 'spud accounts revoke {created.Key.Id}' ends it.");
        }));
        return command;
    }

    public static Command Revoke(Shell shell, AccountsTarget target)
    {
        Command command = new("revoke", "Revoke an API key, for good.");
        Argument<string> key = new("key") { Description = "Its id, which 'spud accounts show' lists, or the key itself." };
        command.Arguments.Add(key);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            ApiKey revoked = await store.RevokeKeyAsync(parsed.GetValue(key)!, cancel).ConfigureAwait(false);
            if (parsed.GetValue(json))
                shell.WriteJson(revoked, AccountsJson.Readable.ApiKey);
            else
                shell.Say($"revoked key {revoked.Id} of account '{revoked.Account}'.");
        }));
        return command;
    }
}
