namespace Spud.Accounts;

/// <summary>An API key as it is stored: without its secret.</summary>
/// <param name="Id">The part of the key that is no secret, and identifies it.</param>
/// <param name="Account">The account that pays.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Created">When it was created.</param>
/// <param name="LastUsed">When it was last used, to the minute; null if never.</param>
/// <param name="Revoked">When it was revoked; null if it is valid.</param>
public sealed record ApiKey(string Id, string Account, string Name, DateTimeOffset Created, DateTimeOffset? LastUsed, DateTimeOffset? Revoked);

/// <summary>A new API key, with the secret that cannot be shown again.</summary>
/// <param name="Key">The key as it is stored.</param>
/// <param name="Secret">What a client sends.</param>
public sealed record CreatedKey(ApiKey Key, string Secret);

/// <summary>Whose key it was.</summary>
/// <param name="Key">The key.</param>
/// <param name="Account">Its account.</param>
public sealed record Authenticated(ApiKey Key, Account Account);
