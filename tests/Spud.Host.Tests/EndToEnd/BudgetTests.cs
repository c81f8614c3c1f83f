using System.Globalization;
using System.Text.Json;

namespace Spud.Host.Tests.EndToEnd;

public sealed class BudgetTests : IDisposable
{
    // A token of this model takes about 0.0005 CU.
    private static readonly string[] s_greedy = ["run", "--raw", "-m", Spud.Stories, "--temperature", "0"];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_answer_ends_before_its_budget_does_and_the_receipt_says_so()
    {
        string file = _folder.File("receipt.json");
        Outcome outcome = Spud.Run([.. s_greedy, "--budget", "0.01cu", "--receipt", file, "Once upon a time"]).Succeeded();
        Assert.Contains("cut: the budget of 0.01 CU is used up (--budget)", outcome.Error);
        JsonElement receipt = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
        Assert.Equal("stoppedByBudget", receipt.GetProperty("outcome").GetString());
        Assert.InRange(receipt.GetProperty("computeUnits").GetDecimal(), 0.009m, 0.01m);
    }

    [Fact]
    public void A_prompt_that_it_does_not_cover_is_refused_with_a_receipt_over_nothing()
    {
        string file = _folder.File("receipt.json");
        Spud.Run([.. s_greedy, "--budget", "0.0001cu", "--receipt", file, "Once upon a time"]).Refused(2, "may cost 0.00", "the budget is 0.0001 CU");
        JsonElement receipt = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
        Assert.Equal("refused", receipt.GetProperty("outcome").GetString());
        Assert.Equal(0, receipt.GetProperty("computeUnits").GetDecimal());
    }

    [Fact]
    public void A_pipeline_may_hold_a_budget_and_the_command_line_another()
    {
        string pipeline = _folder.Write("pipeline.json", """{ "budget": { "computeUnits": 0.01, "effort": 0.5 } }"""u8);
        string[] all = [.. s_greedy, "-p", pipeline, "--json"];
        JsonElement own = Spud.Run([.. all, "Once upon a time"]).Succeeded().Json, other = Spud.Run([.. all, "--budget", "0.02cu", "Once upon a time"]).Succeeded().Json;
        Assert.Equal("budget", own.GetProperty("finish").GetString());
        Assert.InRange(own.GetProperty("computeUnits").GetDecimal(), 0.009m, 0.01m);
        Assert.InRange(other.GetProperty("computeUnits").GetDecimal(), 0.019m, 0.02m);
    }

    [Fact]
    public void The_receipts_column_of_money_sums_up_to_its_total()
    {
        string prices = _folder.Write("prices.json", """{ "name": "n", "version": "1", "currency": "EUR", "rates": [{ "perComputeUnit": 2 }], "minimumCharge": 0.12345, "freeAmount": 0.001, "decimals": 2 }"""u8);
        string[] lines = Spud.Run([.. s_greedy, "--max-tokens", "2", "--prices", prices, "--receipt", "-", "Once upon a time"]).Succeeded().Error.Split('\n');
        int first = Array.FindIndex(lines, line => line.TrimStart().StartsWith("phase", StringComparison.Ordinal)) + 1, last = Array.FindIndex(lines, line => line.TrimStart().StartsWith("total", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.TrimStart().StartsWith("minimum charge", StringComparison.Ordinal));
        Assert.Equal(0.12m, Amount(lines[last]));
        Assert.Equal(Amount(lines[last]), lines[first..last].Sum(Amount));

        static decimal Amount(string line) => decimal.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("1.2")]
    [InlineData("0.6")]
    public void A_charge_that_is_rounded_up_does_not_exceed_the_budget(string budget)
    {
        // A token takes about 0.02 EUR here; totals are rounded to whole euros.
        string prices = _folder.Write("prices.json", """{ "name": "n", "version": "1", "currency": "EUR", "rates": [{ "perComputeUnit": 40 }], "decimals": 0 }"""u8);
        JsonElement answer = Spud.Run([.. s_greedy, "--max-tokens", "300", "--prices", prices, "--budget", budget + "eur", "--json", "Once upon a time"]).Succeeded().Json;
        Assert.Equal("budget", answer.GetProperty("finish").GetString());
        Assert.InRange(answer.GetProperty("charge").GetDecimal(), 0, decimal.Parse(budget, CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_price_beyond_what_a_sum_can_hold_is_refused_before_any_work()
    {
        string prices = _folder.Write("prices.json", """{ "name": "n", "version": "1", "currency": "EUR", "rates": [{ "perComputeUnit": 79228162514264337593543950335 }] }"""u8);
        string receipt = _folder.Write("receipt.json", "old"u8);
        Spud.Run([.. s_greedy, "--prices", prices, "--receipt", receipt, "Once upon a time"]).Refused(2, "perComputeUnit");
        Assert.Equal("old", File.ReadAllText(receipt));
    }

    [Fact]
    public void A_table_goes_to_standard_error_and_the_price_into_the_last_line()
    {
        string prices = _folder.Write("prices.json", """{ "name": "list", "version": "3", "currency": "EUR", "rates": [{ "perComputeUnit": 2 }] }"""u8);
        Outcome outcome = Spud.Run([.. s_greedy, "--max-tokens", "2", "--prices", prices, "--receipt", "-", "Once upon a time"]).Succeeded();
        Assert.Contains("receipt: stories260K-f32.gguf, finished, prices 'list' 3", outcome.Error);
        Assert.Matches(@"total +6 +0\.00\d+ +0\.00\d+ +0\.\d{3} +0\.00\d+\n", outcome.Error);
        Assert.Matches(@" CU, 0\.00\d+ EUR, cut at --max-tokens\]\n", outcome.Error);
    }

    [Theory]
    [InlineData("--budget", "0.002eur", "needs a price list")]
    [InlineData("--budget", "0cu", "an amount above 0 with its unit")]
    [InlineData("--budget", "nancu", "an amount above 0 with its unit")]
    [InlineData("--effort", "1.5", "a number from 0 to 1")]
    [InlineData("--prefer", "speed", "--prefer: expected one of Latency, Compute, Fixed, got 'speed'")]
    [InlineData("--prices", "no-such.json", "no such file")]
    [InlineData("--receipt", "/no/such/folder/receipt.json", "cannot be written")]
    [InlineData("--set", "budget.computeUnits=-1", "$.budget.computeUnits must be a number above 0")]
    [InlineData("--set", "budget.effort=2", "$.budget.effort must be a number from 0 to 1")]
    [InlineData("--set", "budget.prefer=speed", "$.budget.prefer must be")]
    [InlineData("--set", "budget.computUnits=2", "Did you mean 'computeUnits'?")]
    public void What_is_no_budget_is_refused_before_any_work(string option, string value, string words) =>
        Spud.Run([.. s_greedy, option, value, "Once upon a time"]).Refused(2, words);
}
