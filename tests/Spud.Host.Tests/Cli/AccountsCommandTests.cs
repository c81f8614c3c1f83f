using System.Text.Json;
using Spud.Accounts;
using Spud.Metering;

namespace Spud.Host.Tests.Cli;

/// <summary><c>spud accounts</c>, <c>jobs</c>, <c>receipts</c> and <c>prices</c>.</summary>
public sealed class AccountsCommandTests : IDisposable
{
    private const string Prices = """{ "name": "example", "version": "1", "currency": "EUR", "rates": [ { "perComputeUnit": 0.000004 } ] }""";

    private readonly TempFolder _temp = new();
    private readonly string _database;

    public AccountsCommandTests() => _database = _temp.File("accounts.db");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void An_account_gets_money_limits_and_a_key()
    {
        Said("accounts", "add", "anna", "--day", "500cu", "--day", "2eur");
        Said("accounts", "deposit", "anna", "10eur", "--note", "invoice 7");
        Said("accounts", "withdraw", "anna", "0.5");
        Said("accounts", "limit", "anna", "--day", "none", "--request", "100cu", "--weight", "2.5");
        Said("accounts", "disable", "anna");
        string secret = Said("accounts", "key", "anna", "--name", "laptop").Trim();
        Said("accounts", "revoke", secret);

        Assert.Matches(@"(?s)^account +balance +reserved +weight +limits\s+anna +9.50 +0.00 +EUR +2.5 +100 CU a request +disabled\s+$", Said("accounts", "list"));
        string shown = Said("accounts", "show", "anna");
        Assert.Matches(@"laptop +never used +revoked 20", shown);
        Assert.Matches(@"outside → balance +10.00 +invoice 7", shown);
        Assert.DoesNotContain(secret, shown);
        JsonElement account = JsonElement.Parse(Said("accounts", "show", "anna", "--json"));
        Assert.Equal((9.5m, 100m, "withdrawal"), (account.GetProperty("account").GetProperty("balance").GetDecimal(), account.GetProperty("account").GetProperty("limits").GetProperty("computeUnitsPerRequest").GetDecimal(),
            account.GetProperty("transfers")[0].GetProperty("id").GetString()!.Split('-')[0]));
        Assert.Equal("outside", account.GetProperty("transfers")[0].GetProperty("to").GetString());
        Assert.EndsWith("The books agree.\n", Said("accounts", "check"));
    }

    [Fact]
    public async Task Jobs_and_receipts_are_listed_and_shown()
    {
        Said("accounts", "add", "anna");
        Said("accounts", "deposit", "anna", "1");
        (string finished, string open) = await RunJobsAsync();

        Assert.Matches($@"{finished} +anna +model.gguf +finished +100 +40 +0.002 +0.08 +EUR +20", Said("jobs", "list"));
        Assert.DoesNotContain(finished, Said("jobs", "list", "--status", "queued"));
        Assert.Contains("bid 0.003 EUR for a CU", Said("jobs", "bid", open, "0.003"));
        Assert.Contains("cancelled", Said("jobs", "cancel", open));
        JsonElement job = JsonElement.Parse(Said("jobs", "show", finished, "--json"));
        Assert.Equal(("finished", 0.08m, "spot"), (job.GetProperty("status").GetString(), job.GetProperty("charge").GetDecimal(), job.GetProperty("lane").GetString()));

        Assert.Matches($@"{finished} +anna +40 +0.08 +EUR\n *total +40 +0.08 +EUR", Said("receipts", "list", "--account", "anna", "--since", "2020-01-01"));
        Assert.Equal("No receipts.\n", Said("receipts", "list", "--until", "2020-01-01"));
        Assert.Contains("paid 0.08 EUR", Said("receipts", "show", finished));
        Assert.Equal(40, JsonElement.Parse(Said("receipts", "show", finished, "--json")).GetProperty("receipt").GetProperty("computeUnits").GetDecimal());
    }

    [Fact]
    public void Price_lists_are_added_and_applied()
    {
        string first = _temp.Write("1.json", System.Text.Encoding.UTF8.GetBytes(Prices)), second = _temp.Write("2.json", System.Text.Encoding.UTF8.GetBytes(Prices.Replace("\"1\"", "\"2\"")));
        Said("prices", "add", first);
        Said("prices", "add", second, "--later");
        Assert.Matches(@"example +1 +EUR +\S+ \S+ +applies to new jobs", Said("prices", "list"));
        Said("prices", "apply", "example", "2");
        Assert.Matches(@"example +2 +EUR +\S+ \S+ +applies to new jobs", Said("prices", "list"));
        Assert.Equal(Prices + "\n", Said("prices", "show", "example", "1"));
        Assert.True(JsonElement.Parse(Said("prices", "list", "--json"))[0].GetProperty("applies").ValueKind is JsonValueKind.True or JsonValueKind.False);
    }

    [Theory]
    [InlineData("there is no account 'ana'. Did you mean 'anna'?", "accounts", "show", "ana")]
    [InlineData("there is already an account 'anna'", "accounts", "add", "anna")]
    [InlineData("an account's name has", "accounts", "add", "An na")]
    [InlineData("a currency has three capital letters", "accounts", "add", "bert", "--currency", "euro")]
    [InlineData("account 'anna' pays in EUR, not in USD", "accounts", "deposit", "anna", "5usd")]
    [InlineData("expected an amount such as 10 or 0.5eur, got 'much'", "accounts", "deposit", "anna", "much")]
    [InlineData("an amount must be above 0", "accounts", "deposit", "anna", "0")]
    [InlineData("the balance of 'anna' is 0", "accounts", "withdraw", "anna", "5")]
    [InlineData("--minute: expected an amount above 0 with its unit", "accounts", "limit", "anna", "--minute", "5")]
    [InlineData("there is no key 'nokey'", "accounts", "revoke", "nokey")]
    [InlineData("there is no job 'nojob'", "jobs", "show", "nojob")]
    [InlineData("there is no job 'nojob'", "jobs", "cancel", "nojob")]
    [InlineData("--status: expected queued", "jobs", "list", "--status", "asleep")]
    [InlineData("--since: expected a time", "receipts", "list", "--since", "yesterday-ish")]
    [InlineData("there is no receipt of job 'nojob'", "receipts", "show", "nojob")]
    [InlineData("there is no price list 'x' 1", "prices", "apply", "x", "1")]
    [InlineData("nofile.json", "prices", "add", "nofile.json")]
    public void Bad_input_is_said_in_one_sentence(string message, params string[] arguments)
    {
        Said("accounts", "add", "anna");
        Spoken spoken = Spoken.Of([.. arguments, "--database", _database]);
        Assert.Equal(ExitCodes.BadInput, spoken.ExitCode);
        Assert.Contains(message, spoken.Error);
        Assert.StartsWith("error: ", spoken.Error);
        Assert.Equal(1, spoken.Error.Count(c => c == '\n'));
    }

    [Fact]
    public void A_missing_database_is_not_created_by_looking()
    {
        Spoken spoken = Spoken.Of("accounts", "list", "--database", _database);
        Assert.Equal(ExitCodes.BadInput, spoken.ExitCode);
        Assert.Contains("'spud accounts add' makes the first", spoken.Error);
        Assert.False(File.Exists(_database));
    }

    private async Task<(string Finished, string Open)> RunJobsAsync()
    {
        using AccountStore store = await AccountStore.OpenAsync(new() { Database = _database }, Cancel);
        JobSubmission submission = new() { Account = "anna", Model = "model.gguf", ComputeUnits = 100, Bid = 0.002m, Lane = JobLane.Spot };
        Job job = await store.SubmitAsync(submission, Cancel);
        await store.StartAsync(job.Id, Cancel);
        await store.EndAsync(job.Id, JobEnd.Finished(new Receipt
        {
            Model = "model.gguf", Outcome = RequestOutcome.Finished, Limit = null, ComputeUnits = 40, GigabytesRead = 1, KvGigabyteSeconds = 0, Phases = [], Lines = [], KeptTokens = [], Charge = null,
        }, 0.08m), Cancel);
        return (job.Id, (await store.SubmitAsync(submission with { Id = JobSubmission.NewId() }, Cancel)).Id);
    }

    private string Said(params string[] arguments)
    {
        Spoken spoken = Spoken.Of([.. arguments, "--database", _database]);
        Assert.True(spoken.ExitCode == ExitCodes.Done, spoken.Error);
        return spoken.Out;
    }
}
