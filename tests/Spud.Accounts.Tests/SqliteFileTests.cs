using Microsoft.Data.Sqlite;

namespace Spud.Accounts.Tests;

/// <summary>Files that cannot be used, or not now.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly string _path;

    public SqliteFileTests() => _path = _temp.File("accounts.db");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_damaged_file_is_refused_and_kept()
    {
        byte[] nonsense = [.. Enumerable.Range(0, 9000).Select(i => (byte)(i * 7))];
        File.WriteAllBytes(_path, nonsense);
        Assert.Contains("damaged", (await Assert.ThrowsAsync<AccountsException>(OpenAsync)).Message);
        Assert.Equal(nonsense, File.ReadAllBytes(_path));
        Assert.Equal([_path], Directory.GetFiles(_temp.Path));
    }

    [Fact]
    public async Task A_file_that_lost_its_end_is_refused_and_kept()
    {
        await FillAsync();
        byte[] bytes = File.ReadAllBytes(_path)[..8192];
        File.WriteAllBytes(_path, bytes);
        Assert.Contains("damaged", (await Assert.ThrowsAsync<AccountsException>(async () =>
        {
            using AccountStore store = await OpenAsync();
            await store.AuditAsync(Cancel);
        })).Message);
        Assert.Equal(bytes, File.ReadAllBytes(_path));
    }

    [Theory]
    [InlineData("CREATE TABLE account(name TEXT)")]
    [InlineData("PRAGMA application_id = 1400923492")]
    public async Task A_file_of_another_program_is_refused_and_kept(string content)
    {
        Do(content);
        byte[] bytes = File.ReadAllBytes(_path);
        Assert.Contains("not a file of Spud's accounts", (await Assert.ThrowsAsync<AccountsException>(OpenAsync)).Message);
        Assert.Equal(bytes, File.ReadAllBytes(_path));
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_named()
    {
        Directory.CreateDirectory(_path);
        Assert.Contains("cannot be written", (await Assert.ThrowsAsync<AccountsException>(OpenAsync)).Message);
    }

    [Fact]
    public async Task A_file_that_must_not_be_written_is_named_and_can_be_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "needs a user who may not write everything");
        (await FillAsync()).Dispose();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_path, UnixFileMode.UserRead);

        using AccountStore store = await OpenAsync();
        Assert.Equal(7, (await store.FindAccountAsync("anna", Cancel))?.Balance);
        Assert.Contains("cannot be written", (await Assert.ThrowsAsync<AccountsException>(() => store.DepositAsync("anna", 1, null, Cancel))).Message);
    }

    [Fact]
    public async Task The_file_is_the_users_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs permissions of Unix");
        using AccountStore store = await OpenAsync();
        await store.AddAccountAsync(new() { Name = "anna", Currency = "EUR" }, Cancel);
        Assert.All(Directory.GetFiles(_temp.Path), static file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file)));
    }

    // They take turns, and each holds its turn for as long as SQLite polls.
    [Fact]
    public async Task Ends_that_wait_for_a_locked_file_do_not_delay_a_refusal()
    {
        using AccountStore store = await OpenAsync(TimeSpan.FromMilliseconds(50));
        await store.AddAccountAsync(new() { Name = "anna", Currency = "EUR" }, Cancel);
        await store.DepositAsync("anna", 100, null, Cancel);
        JobSubmission submission = new() { Account = "anna", Model = "m", ComputeUnits = 1, MaxCharge = 1 };
        string[] ids = [.. Enumerable.Range(0, 60).Select(static i => $"job-{i}")];
        foreach (string id in ids)
            await store.SubmitAsync(submission with { Id = id }, Cancel);

        Task<Job>[] ends;
        using (SqliteConnection other = new($"Data Source={_path};Pooling=False"))
        {
            other.Open();
            using SqliteTransaction held = other.BeginTransaction();
            ends = [.. ids.Select(id => Task.Run(() => store.EndAsync(id, JobEnd.Cancelled(), Cancel)))];

            // Behind all of them it would take more than a minute.
            await Task.Delay(100, Cancel);
            await Assert.ThrowsAsync<DatabaseUnavailableException>(() => store.SubmitAsync(submission, Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel));
            Assert.DoesNotContain(ends, static end => end.IsCompleted);
        }

        Assert.All(await Task.WhenAll(ends), static job => Assert.Equal(JobStatus.Cancelled, job.Status));
        Assert.Equal(100, (await store.FindAccountAsync("anna", Cancel))?.Balance);
    }

    [Fact]
    public async Task A_locked_file_is_waited_for_and_then_said_to_be_locked()
    {
        using AccountStore store = await OpenAsync(TimeSpan.FromMilliseconds(50));
        await store.AddAccountAsync(new() { Name = "anna", Currency = "EUR" }, Cancel);
        using (SqliteConnection other = new($"Data Source={_path};Pooling=false"))
        {
            other.Open();
            using SqliteTransaction transaction = other.BeginTransaction();
            Assert.Contains("locked", (await Assert.ThrowsAsync<DatabaseUnavailableException>(() => store.DepositAsync("anna", 1, null, Cancel))).Message);
            Assert.Equal(0, (await store.FindAccountAsync("anna", Cancel))?.Balance);

            using AccountStore patient = await OpenAsync(TimeSpan.FromMinutes(1));
            Task<Account> deposit = patient.DepositAsync("anna", 1, null, Cancel);
            await Task.Delay(100, Cancel);
            Assert.False(deposit.IsCompleted);
            transaction.Commit();
            Assert.Equal(1, (await deposit).Balance);
        }
    }

    [Fact]
    public async Task A_file_that_is_gone_is_not_replaced_by_an_empty_one()
    {
        using AccountStore store = await FillAsync();
        string aside = _temp.File("aside.db");
        File.Move(_path, aside);
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => store.DepositAsync("anna", 1, null, Cancel));
        Assert.False(File.Exists(_path));
        File.Move(aside, _path);
        Assert.Equal(8, (await store.DepositAsync("anna", 1, null, Cancel)).Balance);
    }

    [Fact]
    public async Task A_missing_file_is_not_created_unless_that_is_wanted()
    {
        Assert.Contains("no accounts yet", (await Assert.ThrowsAsync<AccountsException>(() => AccountStore.OpenAsync(new() { Database = _path, Create = false }, Cancel))).Message);
        Assert.False(File.Exists(_path));
    }

    private async Task<AccountStore> FillAsync()
    {
        AccountStore store = await OpenAsync();
        await store.AddAccountAsync(new() { Name = "anna", Currency = "EUR" }, Cancel);
        await store.DepositAsync("anna", 7, null, Cancel);
        using SqliteConnection connection = new($"Data Source={_path};Pooling=false");
        connection.Open();
        using SqliteCommand command = new("PRAGMA wal_checkpoint(TRUNCATE)", connection);
        command.ExecuteNonQuery();
        return store;
    }

    private void Do(string sql)
    {
        using SqliteConnection connection = new($"Data Source={_path};Pooling=false");
        connection.Open();
        using SqliteCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }

    private Task<AccountStore> OpenAsync() => OpenAsync(TimeSpan.FromMilliseconds(200));

    private Task<AccountStore> OpenAsync(TimeSpan patience) => AccountStore.OpenAsync(new() { Database = _path, Patience = patience }, Cancel);
}
