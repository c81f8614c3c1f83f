using System.Diagnostics;
using Npgsql;

namespace Spud.Accounts.Crashes;

/// <summary>
/// A private PostgreSQL, started on demand from the distribution's package, in a folder of its own and reachable by a socket in it alone. It
/// does not run as root: where the caller is root, it runs as nobody.
/// </summary>
public sealed class PostgresCluster : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    private readonly Lock _gate = new();
    private DirectoryInfo? _folder;
    private int _schemas;

    /// <summary>Why there is none; null if there is one, or can be.</summary>
    public static string? Missing => Binaries() is null ? "needs PostgreSQL: apt-get install postgresql" : null;

    /// <summary>A connection string of an empty schema.</summary>
    public string NewSchema()
    {
        Start();
        string schema = $"s{Interlocked.Increment(ref _schemas)}";
        using NpgsqlConnection connection = new(ConnectionString);
        connection.Open();
        using NpgsqlCommand command = new($"CREATE SCHEMA {schema}", connection);
        command.ExecuteNonQuery();
        return $"{ConnectionString};Search Path={schema}";
    }

    /// <summary>Starts it, if it is not running.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_folder is null)
                Create();
            if (!File.Exists(Path.Combine(Data, "postmaster.pid")))
                Run("pg_ctl", "start", "-w", "-t", "180", "-D", Data, "-l", Path.Combine(_folder!.FullName, "log"), "-o", $"-c listen_addresses='' -c unix_socket_directories='{_folder.FullName}' -c fsync=off -c max_connections=200");
        }
    }

    /// <summary>Stops it, as a power failure would.</summary>
    public void Stop()
    {
        lock (_gate)
            Run("pg_ctl", "stop", "-w", "-t", "180", "-m", "immediate", "-D", Data);
    }

    public void Dispose()
    {
        if (_folder is null)
            return;

        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
            Stop();
        NpgsqlConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    private string Data => Path.Combine(_folder!.FullName, "data");

    private string ConnectionString => $"Host={_folder!.FullName};Username=spud;Database=postgres";

    private void Create()
    {
        _folder = Directory.CreateTempSubdirectory("spud-pg-");
        if (Environment.IsPrivilegedProcess)
            Finish(Process.Start("chown", ["nobody", _folder.FullName]), "chown");
        Run("initdb", "-D", Data, "-U", "spud", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
    }

    private void Run(string program, params string[] arguments)
    {
        string path = Path.Combine(Binaries()!, program);
        ProcessStartInfo start = Environment.IsPrivilegedProcess
            ? new("setpriv", ["--reuid=nobody", "--regid=nogroup", "--clear-groups", path, .. arguments])
            : new(path, arguments);
        (start.WorkingDirectory, start.RedirectStandardInput) = (_folder!.FullName, true);

        // Its output goes to a file: the server inherits it and would keep a pipe open.
        string log = Path.Combine(_folder.FullName, "output");
        start.FileName = "sh";
        string command = string.Join(' ', new[] { Environment.IsPrivilegedProcess ? "setpriv" : path }.Concat(start.ArgumentList).Select(static part => $"'{part.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
        start.ArgumentList.Clear();
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"{command} >'{log}' 2>&1 </dev/null");
        Finish(Process.Start(start)!, $"{program}: see {log}");
    }

    private static void Finish(Process process, string what)
    {
        using (process)
        {
            if (!process.WaitForExit(s_patience) || process.ExitCode != 0)
                throw new InvalidOperationException($"{what} failed.");
        }
    }

    private static string? Binaries()
    {
        IEnumerable<string> folders = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(static folder => int.TryParse(Path.GetFileName(folder), out int version) ? version : 0).Select(static folder => Path.Combine(folder, "bin"))
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return OperatingSystem.IsWindows() ? null : folders.FirstOrDefault(static folder => File.Exists(Path.Combine(folder, "pg_ctl")) && File.Exists(Path.Combine(folder, "initdb")));
    }
}
