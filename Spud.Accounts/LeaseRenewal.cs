namespace Spud.Accounts;

/// <summary>What a server learns when it renews its lease.</summary>
/// <param name="Held">Its open jobs.</param>
/// <param name="Lost">Of the jobs that it said it runs, those that another server has, or has ended: to be stopped without an end.</param>
public sealed record LeaseRenewal(IReadOnlyList<HeldJob> Held, IReadOnlyList<string> Lost);

/// <summary>An open job of a server: what may have changed without it.</summary>
/// <param name="Id">The job.</param>
/// <param name="CancelRequested">Whether its client asked for its end.</param>
/// <param name="Bid">Its bid, which may have been raised; null if it has none.</param>
public sealed record HeldJob(string Id, bool CancelRequested, decimal? Bid);
