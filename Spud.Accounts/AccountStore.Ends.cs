using Spud.Accounts.Databases;

namespace Spud.Accounts;

public sealed partial class AccountStore
{
    /// <summary>
    /// Ends a job: writes its receipt, charges it and gives back what is left of the reservation. Ending it again in the same way changes nothing,
    /// so a caller that does not know whether it succeeded repeats it. Waits for a database that does not answer.
    /// </summary>
    /// <param name="id">The job.</param>
    /// <param name="end">How it ends.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="JobConflictException">It ended in another way, or another server has it; nothing was changed.</exception>
    public Task<Job> EndAsync(string id, JobEnd end, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(end);
        string? json = end.Json;
        string ending = end.DigestOf(json);
        return PatientlyAsync(left => TransactAsync(async session =>
        {
            JobRow row = await JobAsync(session, id, session.ForUpdate).ConfigureAwait(false);
            if (row.Ending == ending)
                return row.Job;

            RequireOpen(row.Job);
            await RequireOursAsync(session, row).ConfigureAwait(false);
            if (end.Status == JobStatus.Finished && row.Job.Status != JobStatus.Running)
                throw new JobConflictException($"job '{id}' cannot finish: it has not started.");

            return await EndAsync(session, row.Job, end, json, ending).ConfigureAwait(false);
        }, writes: true, left, cancel), _options.PatienceAtJobs, cancel);
    }

    /// <summary>
    /// Cancels a job on behalf of its client: at once if no server has it; otherwise its server learns it with the next renewal of its lease.
    /// </summary>
    /// <exception cref="JobConflictException">It has ended otherwise.</exception>
    public Task<Job> RequestCancelAsync(string id, CancellationToken cancel = default) => WriteAsync(async session =>
    {
        JobRow row = await JobAsync(session, id, session.ForUpdate).ConfigureAwait(false);
        if (row.Job.Status == JobStatus.Cancelled)
            return row.Job;

        RequireOpen(row.Job);
        if (!await HasLivingServerAsync(session, row).ConfigureAwait(false))
            return await EndAsync(session, row.Job, JobEnd.Cancelled(), null, JobEnd.Cancelled().DigestOf(null)).ConfigureAwait(false);

        await session.DoAsync("UPDATE job SET cancel_requested = 1 WHERE id = @id", ("@id", id)).ConfigureAwait(false);
        return row.Job with { CancelRequested = true };
    }, cancel);

    private async Task<Job> EndAsync(Session session, Job job, JobEnd end, string? json, string ending)
    {
        AccountUse use = (await LockAsync(session, job.Account).ConfigureAwait(false))!;
        long now = Now, reserved = Units.Money(job.Reserved), charge = Math.Min(Units.Charge(end.Charge), reserved);
        long? used = FlopsOrNull(end.Receipt?.ComputeUnits);
        await session.DoAsync(
            """
            UPDATE job SET status = @status, ended = @now, charge = @charge, flops_used = @used, reason = @reason, answer = @answer, ending = @ending, request = NULL, cancel_requested = 0
            WHERE id = @id
            """,
            ("@status", $"{end.Status}"), ("@now", now), ("@charge", charge), ("@used", used), ("@reason", end.Reason), ("@answer", end.Answer), ("@ending", ending), ("@id", job.Id)).ConfigureAwait(false);
        await TransferAsync(session, $"{job.Id}/charge", job.Account, job.Id, LedgerSide.Escrow, LedgerSide.Revenue, charge).ConfigureAwait(false);
        await TransferAsync(session, $"{job.Id}/refund", job.Account, job.Id, LedgerSide.Escrow, LedgerSide.Balance, reserved - charge).ConfigureAwait(false);
        if (json is not null)
        {
            await session.DoAsync(
                "INSERT INTO receipt(job, account, made, flops, charge, json) VALUES (@job, @account, @now, @flops, @charge, @json)",
                ("@job", job.Id), ("@account", job.Account), ("@now", now), ("@flops", used), ("@charge", charge), ("@json", json)).ConfigureAwait(false);
        }

        use.Add(Units.Time(job.Submitted), (used ?? 0) - Units.Flops(job.ComputeUnits), charge - reserved);
        await use.SaveAsync(session).ConfigureAwait(false);
        return (await JobAsync(session, job.Id).ConfigureAwait(false)).Job;
    }
}
