using Microsoft.Data.Sqlite;
using Spud.Accounts.Crashes;

namespace Spud.Accounts.Tests;

/// <summary>Books that somebody changed by hand do not agree, and the audit names where.</summary>
public sealed class AuditTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("UPDATE account SET balance = balance + 1 WHERE name = 'anna'", "account 'anna': the balance")]
    [InlineData("UPDATE account SET escrow = escrow + 1 WHERE name = 'anna'", "account 'anna': the escrow")]
    [InlineData("UPDATE transfer SET amount = amount + 1 WHERE target = 'Revenue'", "the charges of jobs")]
    [InlineData("DELETE FROM transfer WHERE id = 'done/refund'", "the balance")]
    [InlineData("DELETE FROM receipt", "job 'done' and its receipt")]
    [InlineData("UPDATE receipt SET charge = charge + 1", "the sum of receipts")]
    [InlineData("UPDATE receipt SET account = 'bert'", "job 'done' and its receipt")]
    [InlineData("INSERT INTO receipt SELECT 'open', account, made, flops, 0, json FROM receipt", "job 'open' and its receipt")]
    [InlineData("UPDATE job SET reserved = reserved + 1 WHERE id = 'open'", "the reservations of open jobs")]
    [InlineData("UPDATE job SET charge = charge - 1 WHERE id = 'done'", "the charges of jobs")]
    public async Task What_does_not_agree_is_named(string tampering, string fault)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        string path = _temp.File("accounts.db");
        using AccountStore store = await AccountStore.OpenAsync(new() { Database = path }, cancel);
        foreach (string name in new[] { "anna", "bert" })
            await store.AddAccountAsync(new() { Name = name, Currency = "EUR" }, cancel);
        await store.DepositAsync("anna", 10, null, cancel);
        foreach (string id in new[] { "done", "open" })
        {
            await store.SubmitAsync(new() { Id = id, Account = "anna", Model = "m", ComputeUnits = 1, MaxCharge = 1 }, cancel);
            await store.StartAsync(id, cancel);
        }

        await store.EndAsync("done", JobEnd.Finished(TestReceipt.Of(1), 0.25m), cancel);
        Assert.Empty((await store.AuditAsync(cancel)).Faults);
        Do(path, tampering);
        Assert.Contains((await store.AuditAsync(cancel)).Faults, found => found.Contains(fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("UPDATE account SET balance = -1")]
    [InlineData("UPDATE transfer SET source = target")]
    [InlineData("INSERT INTO receipt SELECT * FROM receipt")]
    [InlineData("INSERT INTO transfer SELECT * FROM transfer")]
    [InlineData("UPDATE job SET charge = reserved + 1 WHERE id = 'done'")]
    [InlineData("UPDATE job SET status = 'Running' WHERE id = 'done'")]
    [InlineData("UPDATE transfer SET job = NULL WHERE target = 'Revenue'")]
    public async Task The_database_itself_refuses_what_may_never_be(string tampering)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        string path = _temp.File("accounts.db");
        using AccountStore store = await AccountStore.OpenAsync(new() { Database = path }, cancel);
        await store.AddAccountAsync(new() { Name = "anna", Currency = "EUR" }, cancel);
        await store.DepositAsync("anna", 10, null, cancel);
        await store.SubmitAsync(new() { Id = "done", Account = "anna", Model = "m", ComputeUnits = 1, MaxCharge = 1 }, cancel);
        await store.StartAsync("done", cancel);
        await store.EndAsync("done", JobEnd.Finished(TestReceipt.Of(1), 0.25m), cancel);
        Assert.Contains("constraint failed", Assert.Throws<SqliteException>(() => Do(path, tampering)).Message);
    }

    private static void Do(string path, string sql)
    {
        using SqliteConnection connection = new($"Data Source={path};Pooling=false");
        connection.Open();
        using SqliteCommand command = new(sql, connection);
        Assert.NotEqual(0, command.ExecuteNonQuery());
    }
}
