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

    /// <summary>
    /// Renews the lease; to be called several times in each. A server that could not renew it in time may have lost jobs to another one meanwhile, which this
    /// tells as well.
    /// </summary>
    /// <param name="running">Ids of the jobs that it runs, taken before the call.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="ServerReplacedException">Another server of this name has started.</exception>
    public Task<LeaseRenewal> RenewLeaseAsync(IReadOnlyCollection<string> running, CancellationToken cancel = default)
    {
        ServerInstance server = Server ?? throw new InvalidOperationException("This store is not a server's.");
        return WriteAsync(async session =>
        {
            int renewed = await session.DoAsync(
                "UPDATE server SET lease = @lease WHERE name = @name AND epoch = @epoch", ("@lease", LeaseEnd), ("@name", server.Name), ("@epoch", server.Epoch)).ConfigureAwait(false);
            if (renewed == 0)
                throw new ServerReplacedException($"another server with the name '{server.Name}' has started and has this one's jobs. Give each running server a name of its own.");

            List<HeldJob> held = await session.AllAsync(
                static row => new HeldJob(row.Text(), row.Flag(), AmountOrNull(row.NumberOrNull())),
                "SELECT id, cancel_requested, bid FROM job WHERE server = @name AND epoch = @epoch AND ended IS NULL ORDER BY submitted, id",
                ("@name", server.Name), ("@epoch", server.Epoch)).ConfigureAwait(false);
            List<string> lost = [];
            foreach (string id in running.Except(held.Select(static job => job.Id)))
            {
                // What this server has just ended itself is not lost.
                if (await FindJobAsync(session, id).ConfigureAwait(false) is { } row && !IsOurs(row))
                    lost.Add(id);
            }

            return new LeaseRenewal(held, lost);
        }, cancel);
    }

    /// <inheritdoc cref="RecoverAsync(IReadOnlyCollection{string}?, CancellationToken)"/>
    public Task<Recovery> RecoverAsync(CancellationToken cancel = default) => RecoverAsync(null, cancel);

    /// <summary>
    /// Takes the open jobs of servers that are gone, never its own: those whose request is known wait again, on this server, up to three attempts; the others
    /// are handed back. To be called at start, and again and again for other servers' jobs.
    /// </summary>
    /// <param name="models">The models that this server has: jobs of other servers for other models are left to those that have them. Null for all.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<Recovery> RecoverAsync(IReadOnlyCollection<string>? models, CancellationToken cancel = default)
    {
        if (Server is not { } server)
            throw new InvalidOperationException("This store is not a server's.");

        List<string> ids = await ReadAsync(session => session.AllAsync(
            static row => row.Text(),
            $"SELECT id FROM job WHERE ended IS NULL AND server IS NOT NULL AND NOT (server = @name AND epoch = @epoch) AND NOT EXISTS ({LivingServer}) ORDER BY submitted, id",
            ("@name", server.Name), ("@epoch", server.Epoch), ("@now", Now)), cancel).ConfigureAwait(false);
        List<Job> requeued = [], ended = [];
        foreach (string id in ids)
        {
            if (await WriteAsync(session => RecoverAsync(session, id, models), cancel).ConfigureAwait(false) is { } job)
                (job.IsOpen ? requeued : ended).Add(job);
        }

        return new(requeued, ended);
    }

    private const string LivingServer = "SELECT 1 FROM server WHERE server.name = job.server AND server.epoch = job.epoch AND server.lease > @now";

    private long LeaseEnd => Now + _options.Lease.Ticks / TimeSpan.TicksPerMicrosecond;

    // Null if another server was faster, or has the model.
    private async Task<Job?> RecoverAsync(Session session, string id, IReadOnlyCollection<string>? models)
    {
        JobRow row = await JobAsync(session, id, session.ForUpdate).ConfigureAwait(false);
        if (!row.Job.IsOpen || IsOurs(row) || await HasLivingServerAsync(session, row).ConfigureAwait(false))
            return null;

        bool isOver = row.Job.CancelRequested || row.Job.Request is null || row.Job.Deadline <= Units.Time(Now);
        if (!isOver && row.Job.Server != Server!.Name && models?.Contains(row.Job.Model) == false)
            return null;

        // From here on the one that had it cannot end it, and learns that with its lease.
        await session.DoAsync("UPDATE job SET status = 'Queued', started = NULL, server = @server, epoch = @epoch WHERE id = @id", ("@server", Server!.Name), ("@epoch", Server.Epoch), ("@id", id)).ConfigureAwait(false);
        if (row.Job.CancelRequested)
            return await EndAsync(session, row.Job, JobEnd.Cancelled()).ConfigureAwait(false);
        if (row.Job.Deadline <= Units.Time(Now))
            return await EndAsync(session, row.Job, JobEnd.Expired()).ConfigureAwait(false);
        if (row.Job.Request is null)
            return await EndAsync(session, row.Job, JobEnd.HandedBack("The server ended before the job did, and its client's connection with it.")).ConfigureAwait(false);
        if (row.Job.Attempt >= MaxAttempts)
            return await EndAsync(session, row.Job, JobEnd.Failed($"Its server ended while the job ran, {MaxAttempts} times.")).ConfigureAwait(false);

        return (await JobAsync(session, id).ConfigureAwait(false)).Job;
    }

    private Task<Job> EndAsync(Session session, Job job, JobEnd end) => EndAsync(session, job, end, null, end.DigestOf(null));

    // A job without a server is anybody's.
    private async Task RequireOursAsync(Session session, JobRow row)
    {
        bool isOurs = row.Job.Server is null || IsOurs(row)
            || Server is null && !await HasLivingServerAsync(session, row).ConfigureAwait(false);
        if (!isOurs)
            throw new JobConflictException($"job '{row.Job.Id}' is with server '{row.Job.Server}', and not with this one.");
    }

    private bool IsOurs(JobRow row) => row.Job.Server == Server?.Name && row.Epoch == Server?.Epoch;

    private async Task<bool> HasLivingServerAsync(Session session, JobRow row) =>
        await session.NumberAsync($"SELECT count(*) FROM job WHERE id = @id AND EXISTS ({LivingServer})", ("@id", row.Job.Id), ("@now", Now)).ConfigureAwait(false) > 0;
}
