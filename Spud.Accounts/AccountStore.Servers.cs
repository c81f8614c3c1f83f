using Spud.Accounts.Databases;

namespace Spud.Accounts;

/// <summary>A running server.</summary>
/// <param name="Name">Its name, the same at every start.</param>
/// <param name="Epoch">How often a server of this name started.</param>
public sealed record ServerInstance(string Name, long Epoch);

/// <summary>What became of the open jobs of servers that are gone.</summary>
/// <param name="Requeued">Jobs that are this server's now, and wait to be run from their beginning.</param>
/// <param name="Ended">Jobs that nobody could have taken up, and whose reservation went back.</param>
public sealed record Recovery(IReadOnlyList<Job> Requeued, IReadOnlyList<Job> Ended);

public sealed partial class AccountStore
{
    private const int MaxAttempts = 3;

    /// <summary>This server; null for a store that only looks and administers.</summary>
    public ServerInstance? Server { get; private set; }

    /// <summary>
    /// Makes this store a server's: jobs that it submits or starts are its own, and no other server may end them while it renews its lease. A server
    /// that starts again under its name has its predecessor's jobs at once, without waiting for the lease; two that run need two names.
    /// </summary>
    /// <param name="name">Name of the server, such as "host:port".</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<ServerInstance> BecomeServerAsync(string name, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        long epoch = await WriteAsync(session => session.NumberAsync(
            """
            INSERT INTO server(name, epoch, lease) VALUES (@name, 1, @lease)
            ON CONFLICT (name) DO UPDATE SET epoch = server.epoch + 1, lease = @lease RETURNING epoch
            """,
            ("@name", name), ("@lease", LeaseEnd)), cancel).ConfigureAwait(false);
        return Server = new(name, epoch);
    }

    /// <summary>Renews the lease; to be called several times in each. Returns the open jobs of this server whose clients asked for their end.</summary>
    /// <exception cref="ServerReplacedException">Another server of this name has started.</exception>
    public Task<List<Job>> RenewLeaseAsync(CancellationToken cancel = default)
    {
        ServerInstance server = Server ?? throw new InvalidOperationException("This store is not a server's.");
        return WriteAsync(async session =>
        {
            int renewed = await session.DoAsync(
                "UPDATE server SET lease = @lease WHERE name = @name AND epoch = @epoch", ("@lease", LeaseEnd), ("@name", server.Name), ("@epoch", server.Epoch)).ConfigureAwait(false);
            if (renewed == 0)
                throw new ServerReplacedException($"another server with the name '{server.Name}' has started and has this one's jobs. Give each running server a name of its own.");

            List<JobRow> jobs = await session.AllAsync(
                JobOf, $"SELECT {JobColumns} FROM job WHERE server = @name AND epoch = @epoch AND ended IS NULL AND cancel_requested = 1",
                ("@name", server.Name), ("@epoch", server.Epoch)).ConfigureAwait(false);
            return jobs.ConvertAll(static row => row.Job);
        }, cancel);
    }

    /// <summary>
    /// Takes the open jobs of servers that are gone: those whose request is known wait again, on this server, up to three attempts; the others are handed back. To
    /// be called at start, and now and then for other servers' jobs.
    /// </summary>
    public async Task<Recovery> RecoverAsync(CancellationToken cancel = default)
    {
        if (Server is null)
            throw new InvalidOperationException("This store is not a server's.");

        List<string> ids = await ReadAsync(session => session.AllAsync(
            static row => row.Text(), $"SELECT id FROM job WHERE ended IS NULL AND server IS NOT NULL AND NOT EXISTS ({LivingServer}) ORDER BY submitted, id", ("@now", Now)), cancel).ConfigureAwait(false);
        List<Job> requeued = [], ended = [];
        foreach (string id in ids)
        {
            if (await WriteAsync(session => RecoverAsync(session, id), cancel).ConfigureAwait(false) is { } job)
                (job.IsOpen ? requeued : ended).Add(job);
        }

        return new(requeued, ended);
    }

    private const string LivingServer = "SELECT 1 FROM server WHERE server.name = job.server AND server.epoch = job.epoch AND server.lease > @now";

    private long LeaseEnd => Now + _options.Lease.Ticks / TimeSpan.TicksPerMicrosecond;

    // Null if another server was faster.
    private async Task<Job?> RecoverAsync(Session session, string id)
    {
        JobRow row = await JobAsync(session, id, session.ForUpdate).ConfigureAwait(false);
        if (!row.Job.IsOpen || await HasLivingServerAsync(session, row).ConfigureAwait(false))
            return null;
        if (row.Job.CancelRequested)
            return await EndAsync(session, row.Job, JobEnd.Cancelled()).ConfigureAwait(false);
        if (row.Job.Request is null)
            return await EndAsync(session, row.Job, JobEnd.HandedBack("The server ended before the job did, and its client's connection with it.")).ConfigureAwait(false);
        if (row.Job.Attempt >= MaxAttempts)
            return await EndAsync(session, row.Job, JobEnd.Failed($"Its server ended while the job ran, {MaxAttempts} times.")).ConfigureAwait(false);

        await session.DoAsync("UPDATE job SET status = 'Queued', started = NULL, server = @server, epoch = @epoch WHERE id = @id", ("@server", Server!.Name), ("@epoch", Server.Epoch), ("@id", id)).ConfigureAwait(false);
        return (await JobAsync(session, id).ConfigureAwait(false)).Job;
    }

    private Task<Job> EndAsync(Session session, Job job, JobEnd end) => EndAsync(session, job, end, null, end.DigestOf(null));

    // A job without a server is anybody's.
    private async Task RequireOursAsync(Session session, JobRow row)
    {
        bool isOurs = row.Job.Server is null || row.Job.Server == Server?.Name && row.Epoch == Server?.Epoch
            || Server is null && !await HasLivingServerAsync(session, row).ConfigureAwait(false);
        if (!isOurs)
            throw new JobConflictException($"job '{row.Job.Id}' is with server '{row.Job.Server}', and not with this one.");
    }

    private async Task<bool> HasLivingServerAsync(Session session, JobRow row) =>
        await session.NumberAsync($"SELECT count(*) FROM job WHERE id = @id AND EXISTS ({LivingServer})", ("@id", row.Job.Id), ("@now", Now)).ConfigureAwait(false) > 0;
}
