using System.CommandLine;
using Spud.Accounts;

namespace Spud.Host;

/// <summary>The database of accounts that a command works on. Nothing of it is loaded before a command runs.</summary>
internal sealed class AccountsTarget
{
    private const string Variable = "SPUD_ACCOUNTS";

    private readonly Shell _shell;
    private readonly Option<string?> _database = new("--database")
    {
        Description = $"The accounts: a SQLite file, or a connection string of PostgreSQL (Host=…, or postgresql://…). Default: ${Variable}, or accounts.db in the user's data folder.",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <param name="group">Gets the option, for all of its commands.</param>
    /// <param name="shell">Where the commands write.</param>
    public AccountsTarget(Command group, Shell shell)
    {
        _shell = shell;
        group.Options.Add(_database);
    }

    /// <summary>Opens the database and works on it; Ctrl-C ends the waiting.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="work">The work.</param>
    /// <param name="create">Whether to create a missing file.</param>
    /// <returns><see cref="ExitCodes.Done"/>.</returns>
    public int Run(ParseResult parsed, Func<AccountStore, CancellationToken, Task> work, bool create = false)
    {
        using Interrupts.Section section = _shell.Interrupts.Begin();
        RunAsync(parsed, work, create, section.Token).GetAwaiter().GetResult();
        return ExitCodes.Done;
    }

    private async Task RunAsync(ParseResult parsed, Func<AccountStore, CancellationToken, Task> work, bool create, CancellationToken cancel)
    {
        string target = parsed.GetValue(_database) ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null)
            ?? AccountStoreOptions.DefaultFile ?? throw new BadInputException($"there is no folder for the user's data, and so no accounts. Name a file with --database or ${Variable}, or set HOME or XDG_DATA_HOME.");
        using AccountStore store = await AccountStore.OpenAsync(new() { Database = target, Create = create, PatienceAtJobs = TimeSpan.FromSeconds(5) }, cancel).ConfigureAwait(false);
        await work(store, cancel).ConfigureAwait(false);
    }
}
