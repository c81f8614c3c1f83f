using Microsoft.AspNetCore.Authorization;
using Spud.Accounts;
using Spud.Server.Http;

namespace Spud.Server.Jobs;

/// <summary>Lets requests with a valid key through, on a server with accounts; /health and the page itself need none.</summary>
internal static class KeyGate
{
    private const string Scheme = "Bearer ";

    /// <summary>Runs the rest of the pipeline for who has a key.</summary>
    /// <exception cref="ApiException">There is no key, or it is not valid.</exception>
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next, ServerAccounts accounts)
    {
        if (accounts.Store is { } store && !context.Request.Path.StartsWithSegments("/health") && context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null)
            context.Features.Set(await CallerAsync(context, store).ConfigureAwait(false));

        await next(context).ConfigureAwait(false);
    }

    private static async Task<Caller> CallerAsync(HttpContext context, AccountStore store)
    {
        string header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw new ApiException(StatusCodes.Status401Unauthorized, "This server needs an API key: send it as 'Authorization: Bearer KEY'. 'spud accounts' makes keys.", null, "missing_api_key");

        // Compared in constant time, as a hash.
        Authenticated? known = await store.AuthenticateAsync(header[Scheme.Length..].Trim(), context.RequestAborted).ConfigureAwait(false);
        return known is null
            ? throw new ApiException(StatusCodes.Status401Unauthorized, "The API key is not valid: there is no such key, or it was revoked.", null, "invalid_api_key")
            : new(known.Account.Name, known.Key.Id, known.Account);
    }
}
