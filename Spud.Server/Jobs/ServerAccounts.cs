using Spud.Accounts;
using Spud.Metering;
using Spud.Server.Settings;

namespace Spud.Server.Jobs;

/// <summary>The server's accounts, if it has any: opened at start, before the first request.</summary>
internal sealed class ServerAccounts(ServerSettings settings, Prices prices) : IHostedService, IDisposable
{
    private readonly Dictionary<(string Name, string Version), PriceList> _lists = [];
    private readonly Lock _gate = new();

    /// <summary>The accounts; null if everybody may use the server.</summary>
    public AccountStore? Store { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Accounts is not { } database)
            return;

        Store = await AccountStore.OpenAsync(new() { Database = database, Create = false, Lease = TimeSpan.FromSeconds(settings.LeaseSeconds) }, cancellationToken).ConfigureAwait(false);
        await Store.BecomeServerAsync(settings.ServerName ?? $"{Environment.MachineName}:{settings.Port}", cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => Store?.Dispose();

    /// <summary>The price list for a caller's new jobs; null if they cost nothing.</summary>
    public async Task<PriceList?> PricesAsync(Caller caller, CancellationToken cancellation)
    {
        if (Store is null || caller.Details is not { } account)
            return prices.List;
        if (await Store.CurrentPricesAsync(account.Currency, cancellation).ConfigureAwait(false) is not { } stored)
            return null;

        lock (_gate)
            return _lists.TryGetValue((stored.Name, stored.Version), out PriceList? known) ? known : _lists[(stored.Name, stored.Version)] = PriceList.Parse(stored.Json);
    }
}
