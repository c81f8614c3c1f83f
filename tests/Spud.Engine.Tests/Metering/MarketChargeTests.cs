using Spud.Metering;
using Xunit;

namespace Spud.Tests.Metering;

/// <summary>Money is price times compute, exact, whatever the order of steps.</summary>
public sealed class MarketChargeTests
{
    [Fact]
    public void Compute_adds_up_by_price()
    {
        MarketCharge charge = new();
        charge.Add(2_000, 500_000_000);
        charge.Add(1, 1);
        charge.Add(2_000, 1_500_000_001);
        Assert.Equal([new(0.000000001m, 0.000000001m), new(0.000002m, 2.000000001m)], charge.Prices);
        Assert.Equal(0.000004000000002000m + 0.000000000000000001m, charge.Amount);
    }
}
