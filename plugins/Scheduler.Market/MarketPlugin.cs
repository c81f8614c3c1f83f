using Scheduler.Market.Auction;
using Scheduler.Market.Fair;
using Scheduler.Market.Priority;
using Spud;

namespace Scheduler.Market;

/// <summary>Schedulers that share an engine out between accounts: fairly, by urgency, or by price.</summary>
public sealed class MarketPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry)
    {
        registry.AddScheduler("fair", MarketJson.Default.FairOptions, static options => new FairScheduler(options));
        registry.AddScheduler("priority", MarketJson.Default.PriorityOptions, static options => new PriorityScheduler(options));
        registry.AddScheduler("auction", MarketJson.Default.AuctionOptions, static options => new AuctionScheduler(options));
    }
}
