using System.Globalization;
using Spud.Metering;

namespace Spud.Host;

/// <summary>A budget as written on a command line: "250cu", "0.002eur".</summary>
/// <param name="Amount">Above 0.</param>
/// <param name="Unit">"cu" or a currency, in lower case.</param>
internal sealed record BudgetText(decimal Amount, string Unit)
{
    private const string ComputeUnit = "cu";

    /// <summary>Description of the expected format.</summary>
    public const string Expected = "an amount above 0 with its unit, such as 250cu or 0.002eur";

    /// <summary>Parses a text; null if it is not a budget.</summary>
    public static BudgetText? Parse(string text)
    {
        int end = text.Length;
        while (end > 0 && char.IsAsciiLetter(text[end - 1]))
            end--;

        string unit = text[end..].ToLowerInvariant();
        bool isNumber = decimal.TryParse(text.AsSpan(0, end).Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal amount);
        return isNumber && amount > 0 && (unit == ComputeUnit || unit.Length == 3) ? new(amount, unit) : null;
    }

    /// <summary>The budget.</summary>
    /// <param name="prices">The price list for money; null if none.</param>
    /// <param name="option">The option used, for messages.</param>
    /// <param name="pricesOption">The option for a price list, for messages.</param>
    /// <exception cref="BadInputException">Money without a price list or in another currency, or more compute than can be represented.</exception>
    public Budget Resolve(PriceList? prices, string option = "--budget", string pricesOption = "--prices FILE")
    {
        if (Unit == ComputeUnit)
        {
            return Amount <= Budget.MaxComputeUnits
                ? Budget.OfCompute(Amount)
                : throw new BadInputException(string.Create(CultureInfo.InvariantCulture, $"{option}: {Amount} CU is too large: the maximum is {Budget.MaxComputeUnits} CU."));
        }

        string currency = Unit.ToUpperInvariant();
        if (prices is null)
            throw new BadInputException($"{option}: a limit in {currency} needs a price list in that currency: {pricesOption}. Or limit compute: {option} 250cu");
        if (prices.Currency != currency)
            throw new BadInputException($"{option}: the limit is in {currency}, but the price list '{prices.Name}' is in {prices.Currency}.");

        return Budget.OfMoney(Amount, prices);
    }
}
