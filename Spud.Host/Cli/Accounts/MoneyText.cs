using System.CommandLine;
using System.Globalization;

namespace Spud.Host;

/// <summary>An amount of money as written on a command line: "10", "0.5eur".</summary>
/// <param name="Amount">The amount.</param>
/// <param name="Currency">In capital letters; null if it is not said.</param>
internal sealed record MoneyText(decimal Amount, string? Currency)
{
    /// <summary>An argument with an amount.</summary>
    public static Argument<string> Argument(string description) => new("amount") { Description = description };

    /// <summary>Parses an amount.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">Name of the argument, for messages.</param>
    /// <exception cref="BadInputException">It is none.</exception>
    public static MoneyText Parse(string text, string name = "amount")
    {
        string number = text.TrimEnd([.. text.Where(char.IsAsciiLetter)]);
        string unit = text[number.Length..].ToUpperInvariant();
        return decimal.TryParse(number.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount) && unit.Length is 0 or 3
            ? new(amount, unit.Length == 0 ? null : unit)
            : throw new BadInputException($"{name}: expected an amount such as 10 or 0.5eur, got '{text}'.");
    }

    /// <summary>The amount in an account's currency.</summary>
    /// <exception cref="BadInputException">It is in another one.</exception>
    public decimal In(string currency, string account) => Currency is null || Currency == currency ? Amount
        : throw new BadInputException($"account '{account}' pays in {currency}, not in {Currency}.");
}
