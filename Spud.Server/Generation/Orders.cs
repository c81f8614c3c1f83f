using Spud.Server.Jobs;

namespace Spud.Server.Generation;

/// <summary>Takes orders: finds out who sends a request and which prices apply.</summary>
internal sealed class Orders(ServerAccounts accounts, JobDesk desk)
{
    /// <summary>The order of a request.</summary>
    public async Task<Order> OfAsync(HttpContext context)
    {
        Caller caller = Caller.Of(context);
        return new(caller, await accounts.PricesAsync(caller, context.RequestAborted).ConfigureAwait(false), desk);
    }
}
