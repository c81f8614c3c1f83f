using Spud.Accounts.Crashes;

namespace Spud.Accounts.Tests;

/// <summary>A PostgreSQL that is gone, comes back, or was never there.</summary>
public sealed class PostgresServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Jobs_wait_for_a_server_that_is_gone_and_nothing_is_lost()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? "");
        using PostgresCluster own = new();
        using AccountStore store = await AccountStore.OpenAsync(new() { Database = own.NewSchema(), Patience = TimeSpan.FromSeconds(1) }, Cancel);
        await store.AddAccountAsync(new() { Name = "anna", Currency = "EUR" }, Cancel);
        await store.DepositAsync("anna", 10, null, Cancel);
        JobSubmission submission = new() { Account = "anna", Model = "m", ComputeUnits = 1, MaxCharge = 1 };
        Job[] jobs = await Task.WhenAll(Enumerable.Range(0, 5).Select(async i =>
        {
            Job job = await store.SubmitAsync(submission with { Id = $"job-{i}" }, Cancel);
            return await store.StartAsync(job.Id, Cancel);
        }));

        own.Stop();
        Task<Job>[] ends = [.. jobs.Select(job => store.EndAsync(job.Id, JobEnd.Finished(TestReceipt.Of(1), 0.5m), Cancel))];
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => store.SubmitAsync(submission, Cancel));
        Assert.All(ends, end => Assert.False(end.IsCompleted));

        own.Start();
        Assert.All(await Task.WhenAll(ends), job => Assert.Equal(JobStatus.Finished, job.Status));
        Assert.Equal(7.5m, (await store.FindAccountAsync("anna", Cancel))?.Balance);
        Assert.Equal(5, (await store.ReceiptsAsync(new(), Cancel)).Count);
        Assert.Empty((await store.AuditAsync(Cancel)).Faults);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Timeout=1")]
    [InlineData("postgresql://anna:secret@127.0.0.1:1/spud?Timeout=1")]
    public async Task A_server_that_was_never_there_is_named_without_its_password(string target)
    {
        DatabaseUnavailableException fault = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => AccountStore.OpenAsync(new() { Database = target, Patience = TimeSpan.Zero }, Cancel));
        Assert.Contains("127.0.0.1:1", fault.Message);
        Assert.DoesNotContain("secret", fault.Message);
    }

    [Theory]
    [InlineData("Host=h;Colour=green")]
    [InlineData("postgresql://h:no-port/x")]
    public async Task A_connection_string_that_makes_no_sense_is_refused(string target) =>
        Assert.Contains("connection string", (await Assert.ThrowsAsync<AccountsException>(() => AccountStore.OpenAsync(new() { Database = target }, Cancel))).Message);
}
