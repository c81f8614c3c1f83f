using Spud.Accounts;

namespace Spud.Server.Jobs;

/// <summary>Who sends a request.</summary>
/// <param name="Account">Name of the account that pays.</param>
/// <param name="Key">Id of the key; null without accounts.</param>
/// <param name="Details">The account; null without accounts.</param>
internal sealed record Caller(string Account, string? Key, Account? Details)
{
    /// <summary>Everybody, on a server without accounts.</summary>
    public static Caller Local { get; } = new("local", null, null);

    /// <summary>The sender of a request.</summary>
    public static Caller Of(HttpContext context) => context.Features.Get<Caller>() ?? Local;
}
