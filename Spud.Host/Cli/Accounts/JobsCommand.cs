using System.CommandLine;
using Spud.Accounts;

namespace Spud.Host;

/// <summary><c>spud jobs</c>: what was submitted, and what became of it.</summary>
internal static class JobsCommand
{
    public static Command Create(Shell shell)
    {
        Command group = new("jobs", "List, show and cancel the jobs of a server, and raise their bids.");
        AccountsTarget target = new(group, shell);
        foreach (Command command in new[] { List(shell, target), Show(shell, target), Cancel(shell, target), Bid(shell, target) })
            group.Subcommands.Add(command);

        return group;
    }

    private static Command List(Shell shell, AccountsTarget target)
    {
        Command command = new("list", "List the jobs, the last submitted first.");
        QueryArguments query = new(command);
        Option<string?> status = new("--status") { Description = "Those with this status alone: queued, running, finished, failed, cancelled or handed-back.", HelpName = "STATUS" };
        command.Options.Add(status);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            List<Job> jobs = await store.JobsAsync(query.Of(parsed) with { Status = StatusOf(parsed.GetValue(status)) }, cancel).ConfigureAwait(false);
            if (parsed.GetValue(json))
                shell.WriteJson([.. jobs.Select(static job => job with { Request = null, Answer = null })], AccountsJson.Readable.JobArray);
            else
                AccountTables.Write(shell.Out, jobs);
        }));
        return command;
    }

    private static Command Show(Shell shell, AccountsTarget target)
    {
        Command command = new("show", "Show a job.");
        Argument<string> id = Id(command);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) => Write(shell, parsed.GetValue(json), await store.FindJobAsync(parsed.GetValue(id)!, cancel).ConfigureAwait(false)
            ?? throw new BadInputException($"there is no job '{parsed.GetValue(id)}'. 'spud jobs list' lists them."))));
        return command;
    }

    private static Command Cancel(Shell shell, AccountsTarget target)
    {
        Command command = new("cancel", "Cancel a job: at once, or by its server within seconds if it has one.");
        Argument<string> id = Id(command);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) => Write(shell, parsed.GetValue(json), await store.RequestCancelAsync(parsed.GetValue(id)!, cancel).ConfigureAwait(false))));
        return command;
    }

    private static Command Bid(Shell shell, AccountsTarget target)
    {
        Command command = new("bid", "Raise the bid of a job that has not ended.");
        Argument<string> id = Id(command), amount = MoneyText.Argument("The new bid for a CU, such as 0.002 or 0.002eur.");
        command.Arguments.Add(amount);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => target.Run(parsed, async (store, cancel) =>
        {
            MoneyText bid = MoneyText.Parse(parsed.GetValue(amount)!);
            if (bid.Currency is not null && await store.FindJobAsync(parsed.GetValue(id)!, cancel).ConfigureAwait(false) is { } job)
                bid.In(job.Currency, job.Account);
            Write(shell, parsed.GetValue(json), await store.RaiseBidAsync(parsed.GetValue(id)!, bid.Amount, cancel).ConfigureAwait(false));
        }));
        return command;
    }

    private static Argument<string> Id(Command command)
    {
        Argument<string> id = new("job") { Description = "Id of the job; see 'spud jobs list'." };
        command.Arguments.Add(id);
        return id;
    }

    private static void Write(Shell shell, bool json, Job job)
    {
        if (json)
            shell.WriteJson(job, AccountsJson.Readable.Job);
        else
            AccountTables.Write(shell.Out, job);
    }

    private static JobStatus? StatusOf(string? text) => text is null ? null
        : Enum.TryParse(text.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out JobStatus status) && Enum.IsDefined(status) ? status
        : throw new BadInputException($"--status: expected queued, running, finished, failed, cancelled or handed-back, got '{text}'.");
}
