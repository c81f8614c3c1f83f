using System.Globalization;
using System.Text.Json;
using Spud.Metering;
using Spud.Server.Http;

namespace Spud.Server.Generation;

/// <summary>The field <c>budget</c>: 250 or "250cu" (10^9 FLOP each), or "0.002eur" with a price list in that currency.</summary>
internal static class BudgetField
{
    private const string Name = "budget";
    private const string Expected = "a number of CU above 0, or a text such as '250cu' or '0.002eur'";

    /// <summary>The budget of each of several choices; null if the request has none.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="prices">The server's prices; null if it has none.</param>
    /// <param name="choices">Number of texts that share it.</param>
    public static Budget? Read(in Fields fields, PriceList? prices, int choices)
    {
        if (fields.Any(Name) is not { } value)
            return null;

        (decimal amount, string unit) = Parse(value) ?? throw fields.Wrong(Name, Expected, value);
        decimal share = amount / choices;
        if (unit == "cu")
            return share is > 0 and <= Budget.MaxComputeUnits ? Budget.OfCompute(share) : throw fields.Wrong(Name, FormattableString.Invariant($"at most {Budget.MaxComputeUnits} CU"), value);
        if (prices is null)
            throw ApiException.Invalid(Name, $"a limit in {unit.ToUpperInvariant()} needs a server with a price list; this one has none. Limit compute instead, such as '250cu'.", "invalid_value");
        if (!string.Equals(prices.Currency, unit, StringComparison.OrdinalIgnoreCase))
            throw ApiException.Invalid(Name, $"this server's prices are in {prices.Currency}, not in {unit.ToUpperInvariant()}.", "invalid_value");

        return Budget.OfMoney(share, prices);
    }

    private static (decimal Amount, string Unit)? Parse(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
            return value.TryGetDecimal(out decimal number) && number > 0 ? (number, "cu") : null;
        if (value.ValueKind != JsonValueKind.String)
            return null;

        string text = value.GetString()!.Trim();
        int end = text.Length;
        while (end > 0 && char.IsAsciiLetter(text[end - 1]))
            end--;

        string unit = text[end..].ToLowerInvariant();
        bool isAmount = decimal.TryParse(text.AsSpan(0, end).Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount);
        return isAmount && amount > 0 && (unit == "cu" || unit.Length == 3) ? (amount, unit) : null;
    }
}
