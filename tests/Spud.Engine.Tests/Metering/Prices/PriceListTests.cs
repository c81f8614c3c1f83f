using System.Globalization;
using Spud.Configuration;
using Spud.Metering;
using Xunit;

namespace Spud.Tests.Metering.Prices;

public sealed class PriceListTests
{
    [Fact]
    public void Everything_that_is_wrong_with_a_list_is_reported_at_once()
    {
        ConfigurationException refusal = Assert.Throws<ConfigurationException>(() => PriceList.Parse(
            """{ "name": "", "currency": "euro", "rates": [{ "rol": "head", "perComputeUnit": -1 }, { "role": "heat", "phase": "warm" }], "perGigabyteSecondKept": "much", "decimals": 16 }"""));
        string[] expected =
        [
            "$ lacks 'version'", "$.name must not be empty", "$.currency must be a string that matches [A-Z]{3}", "$.rates[0].rol is not a member",
            "Did you mean 'role'?", "$.rates[0].perComputeUnit must be a number", "$.rates[1].role must be one of", "$.rates[1].phase must be one of prefill, decode",
            "$.perGigabyteSecondKept must be a number", "$.decimals must be a whole number from 0 to 15",
        ];
        Assert.All(expected, words => Assert.Contains(words, refusal.Message));
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("[]", "expected an object")]
    [InlineData("""{ "name": "n", "version": "1", "currency": "EUR", "rates": [] }""", "$.rates must not be empty")]
    [InlineData("""{ "name": "n", "version": "1", "currency": "EUR", "rates": [{ "perComputeUnit": NaN }] }""", "invalid JSON")]
    [InlineData("""{ "name": "n", "version": "1", "currency": "EUR", "rates": [{ "perComputeUnit": 1e40 }] }""", "$.rates[0].perComputeUnit")]
    public void A_list_that_is_none_is_refused(string json, string words) =>
        Assert.Contains(words, Assert.Throws<ConfigurationException>(() => PriceList.Parse(json)).Message);

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains("no-such.json: no such file", Assert.Throws<ConfigurationException>(() => PriceList.Load("no-such.json")).Message);

    [Fact]
    public void The_first_rate_that_fits_counts_and_what_none_fits_is_free()
    {
        PriceList prices = PriceList.Parse(
            """
            {
              "name": "n", "version": "1", "currency": "EUR",
              "rates": [
                { "phase": "decode", "role": "experts", "perComputeUnit": 3 },
                { "role": "experts", "perComputeUnit": 2, "perGigabyteRead": 10 },
                { "phase": "decode", "perComputeUnit": 1 },
              ],
            }
            """);
        Tally work = new() { Flops = 500_000_000, WeightBytesRead = 100_000_000, KvBytesRead = 50_000_000 };
        Assert.Equal(1.5m, prices.AmountOf(Phase.Decode, Role.Experts, work));
        Assert.Equal(1m + 1.5m, prices.AmountOf(Phase.Prefill, Role.Experts, work));
        Assert.Equal(0.5m, prices.AmountOf(Phase.Decode, Role.Head, work));
        Assert.Equal(0, prices.AmountOf(Phase.Prefill, Role.Head, work));
    }

    [Theory]
    [InlineData("0.5", "0")] // within the allowance
    [InlineData("1", "0")]
    [InlineData("1.5", "2")] // the minimum
    [InlineData("3.5", "2.5")]
    public void The_allowance_comes_first_and_then_the_minimum(string amount, string charge)
    {
        PriceList prices = PriceList.Parse("""{ "name": "n", "version": "1", "currency": "EUR", "rates": [{}], "freeAmount": 1, "minimumCharge": 2 }""");
        Assert.Equal(decimal.Parse(charge, CultureInfo.InvariantCulture), prices.ChargeFor(decimal.Parse(amount, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Totals_are_rounded_half_to_even()
    {
        PriceList prices = PriceList.Parse("""{ "name": "n", "version": "1", "currency": "EUR", "rates": [{}], "decimals": 2 }""");
        Assert.Equal([0.12m, 0.14m, 0.13m], new[] { 0.125m, 0.135m, 0.1250001m }.Select(prices.Rounded));
    }
}
