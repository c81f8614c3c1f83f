using Spud.Metering;

namespace Spud.Server.Settings;

/// <summary>The server's price list, read once.</summary>
/// <param name="settings">Name its file.</param>
internal sealed class Prices(ServerSettings settings)
{
    /// <summary>The list; null if answers have no price.</summary>
    public PriceList? List { get; } = settings.Prices is { } path ? PriceList.Load(path) : null;
}
