using System.Globalization;
using Spud.Accounts.Crashes;

// For people: ROUNDS [sqlite | postgres | CONNECTION]. "work" and "drain" are what is killed.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["work", var target, var seed]:
        await new CrashWork(target, int.Parse(seed, CultureInfo.InvariantCulture)).RunAsync().ConfigureAwait(false);
        return 0;
    case ["drain", var target]:
        await new CrashWork(target, 0).DrainAsync().ConfigureAwait(false);
        return 0;
    case [var rounds, var target] when int.TryParse(rounds, CultureInfo.InvariantCulture, out int count):
        using (PostgresCluster cluster = new())
        using (CrashFolder folder = new())
        {
            string database = target switch { "sqlite" => folder.File, "postgres" => cluster.NewSchema(), _ => target };
            await new CrashRounds(database).RunAsync(count, Console.WriteLine, CancellationToken.None).ConfigureAwait(false);
        }

        return 0;
    default:
        Console.Error.WriteLine("usage: Spud.Accounts.Crashes ROUNDS sqlite|postgres|CONNECTION: kills a process among random jobs, and checks the books");
        return 2;
}
