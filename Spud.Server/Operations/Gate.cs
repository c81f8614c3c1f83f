using Spud.Server.Http;

namespace Spud.Server.Operations;

/// <summary>Refuses work while the server is loading or ending; what only tells about it is always answered.</summary>
internal static class Gate
{
    /// <summary>Runs the rest of the pipeline if the server is ready.</summary>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next, Readiness readiness)
    {
        if (readiness.IsReady || HttpMethods.IsGet(context.Request.Method) || context.GetEndpoint() is null)
            return next(context);

        throw readiness.IsLoading
            ? new ApiException(StatusCodes.Status503ServiceUnavailable, "The model is being loaded. Try again in a moment.", null, "loading") { RetryAfter = TimeSpan.FromSeconds(1) }
            : new ApiException(StatusCodes.Status503ServiceUnavailable, $"The server does not take requests any more: {readiness.State}.", null, "ending") { RetryAfter = TimeSpan.FromSeconds(5) };
    }
}
