using System.CommandLine;
using Spud.Accounts;

namespace Spud.Host;

/// <summary><c>spud accounts check</c>: whether the books agree.</summary>
internal static class CheckCommand
{
    public static Command Create(Shell shell, AccountsTarget target)
    {
        Command command = new("check", "Check the books: balances against movements of money, charges against receipts. Fails if they do not agree.");
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed =>
        {
            bool agree = true;
            target.Run(parsed, async (store, cancel) =>
            {
                Audit audit = await store.AuditAsync(cancel).ConfigureAwait(false);
                agree = audit.Faults.Count == 0;
                if (parsed.GetValue(json))
                    shell.WriteJson(audit, AccountsJson.Readable.Audit);
                else
                    Write(shell, audit);
            });
            return agree ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static void Write(Shell shell, Audit audit)
    {
        if (audit.Books.Count > 0)
            AccountTables.Write(shell.Out, audit.Books);
        shell.Out.WriteLine(audit.Faults.Count == 0 ? "The books agree." : "The books do not agree.");
        foreach (string fault in audit.Faults)
            shell.Say($"error: {fault}");
    }
}
