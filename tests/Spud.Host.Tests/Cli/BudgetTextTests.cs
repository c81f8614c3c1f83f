using Spud.Metering;

namespace Spud.Host.Tests.Cli;

public sealed class BudgetTextTests
{
    private static readonly PriceList s_euro = PriceList.Parse("""{ "name": "n", "version": "1", "currency": "EUR", "rates": [{}] }""");

    [Theory]
    [InlineData("250cu", "250 CU")]
    [InlineData("2.5 CU", "2.5 CU")]
    [InlineData("1e3cu", "1000 CU")]
    [InlineData("0.002eur", "0.002 EUR")]
    [InlineData("1EUR", "1 EUR")]
    public void An_amount_and_its_unit_are_a_budget(string text, string budget) => Assert.Equal(budget, $"{BudgetText.Parse(text)!.Resolve(s_euro)}");

    [Theory]
    [InlineData("")]
    [InlineData("cu")]
    [InlineData("250")]
    [InlineData("0cu")]
    [InlineData("-1cu")]
    [InlineData("NaN")]
    [InlineData("nancu")]
    [InlineData("1e99cu")]
    [InlineData("infinitycu")]
    [InlineData("1,5cu")]
    [InlineData("1flops")]
    public void Anything_else_is_none(string text) => Assert.Null(BudgetText.Parse(text));

    [Fact]
    public void Money_needs_a_list_in_its_currency()
    {
        Assert.Contains("needs a price list", Refusal("1eur", null));
        Assert.Contains("the limit is in USD, but the price list 'n' is in EUR", Refusal("1usd", s_euro));
        Assert.Contains("the maximum is 9000000000", Refusal("1e10cu", null));

        static string Refusal(string text, PriceList? prices) => Assert.Throws<BadInputException>(() => BudgetText.Parse(text)!.Resolve(prices)).Message;
    }
}
