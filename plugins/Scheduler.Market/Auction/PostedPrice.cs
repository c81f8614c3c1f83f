namespace Scheduler.Market.Auction;

/// <summary>
/// The price quoted to spot jobs without a bid. While the spot share is sold out it follows the auction's price with a markup, so that what is certain costs
/// more than what is bid for; else it returns to the list price. It moves by a tenth at most from one auction to the next.
/// </summary>
internal sealed class PostedPrice(long list, double surge)
{
    private readonly long _list = list;
    private const double Markup = 1.25, Step = 1.1;

    /// <summary>Per CU, in nano-units.</summary>
    public long Now { get; private set; } = list;

    public void Follow(Clearing clearing)
    {
        double wanted = clearing.IsSoldOut ? Math.Clamp(clearing.Price * Markup, _list, _list * surge) : _list;
        Now = (long)Math.Clamp(wanted, Math.Floor(Now / Step), Math.Ceiling(Now * Step));
    }
}
