using Spud.Metering;

namespace Spud.Accounts;

/// <summary>A version of a price list; it never changes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Currency">Its currency.</param>
/// <param name="Added">When it was added.</param>
/// <param name="Applies">Whether it applies to new jobs.</param>
/// <param name="Json">The file.</param>
public sealed record StoredPriceList(string Name, string Version, string Currency, DateTimeOffset Added, bool Applies, string Json)
{
    /// <summary>The list itself.</summary>
    public PriceList Prices => PriceList.Parse(Json);
}
