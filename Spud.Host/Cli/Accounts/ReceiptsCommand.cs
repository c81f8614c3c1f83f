using System.CommandLine;
using Spud.Accounts;

namespace Spud.Host;

/// <summary><c>spud receipts</c>: what jobs used and what they cost.</summary>
internal static class ReceiptsCommand
{
    public static Command Create(Shell shell)
    {
        Command group = new("receipts", "List and show the receipts of a server's jobs.");
        AccountsTarget target = new(group, shell);
        group.Subcommands.Add(List(shell, target));
        group.Subcommands.Add(Show(shell, target));
        return group;
    }

    private static Command List(Shell shell, AccountsTarget target)
    {
        Command command = new("list", "List the receipts, the last first, with their total.");
        QueryArguments query = new(command);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            List<StoredReceipt> receipts = await store.ReceiptsAsync(query.Of(parsed), cancel).ConfigureAwait(false);
            if (parsed.GetValue(json))
                shell.WriteJson([.. receipts.Select(static receipt => ReceiptResult.Of(receipt, whole: false))], AccountsJson.Readable.ReceiptResultArray);
            else
                AccountTables.Write(shell.Out, receipts);
        }));
        return command;
    }

    private static Command Show(Shell shell, AccountsTarget target)
    {
        Command command = new("show", "Show the receipt of a job.");
        Argument<string> job = new("job") { Description = "Id of the job; see 'spud receipts list'." };
        command.Arguments.Add(job);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            StoredReceipt receipt = await store.FindReceiptAsync(parsed.GetValue(job)!, cancel).ConfigureAwait(false)
                ?? throw new BadInputException($"there is no receipt of job '{parsed.GetValue(job)}'. 'spud receipts list' lists them.");
            if (parsed.GetValue(json))
            {
                shell.WriteJson(ReceiptResult.Of(receipt, whole: true), AccountsJson.Readable.ReceiptResult);
                return;
            }

            shell.Out.WriteLine($"job {receipt.Job}: account '{receipt.Account}' paid {AccountTables.Money(receipt.Charge)} {receipt.Currency}");
            ReceiptOutput.WriteTable(receipt.Receipt, shell.Out);
        }));
        return command;
    }
}
