using System.Globalization;
using Microsoft.AspNetCore.Connections;

namespace Spud.Server.Http;

/// <summary>Turns every exception, and every answer without a body that is an error, into an error in OpenAI's shape.</summary>
internal static partial class ErrorMiddleware
{
    /// <summary>Runs the rest of the pipeline.</summary>
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next, ILogger log)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ConnectionAbortedException || context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            // The client has left, or was cut off: nobody reads an answer.
            return;
        }
        catch (Exception exception)
        {
            ApiException fault = Faults.Of(exception);
            if (fault.Status >= StatusCodes.Status500InternalServerError)
                Failed(log, context.Request.Path.Value, exception);
            if (context.Response.HasStarted)
                context.Abort();
            else
                await WriteAsync(context, fault).ConfigureAwait(false);

            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= StatusCodes.Status400BadRequest, ContentLength: null } bare)
            await WriteAsync(context, Bare(context, bare.StatusCode)).ConfigureAwait(false);
    }

    /// <summary>Writes an error as the whole answer.</summary>
    public static Task WriteAsync(HttpContext context, ApiException fault)
    {
        // Headers that routing or CORS have set remain.
        context.Response.StatusCode = fault.Status;
        if (fault.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (fault.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";

        return context.Response.WriteAsJsonAsync(ErrorBody.Of(fault), ErrorJson.Default.ErrorBody, cancellationToken: context.RequestAborted);
    }

    private static ApiException Bare(HttpContext context, int status) => status switch
    {
        StatusCodes.Status404NotFound => new(status, $"There is nothing at {context.Request.Method} {Shown(context.Request.Path)}. /openapi.json lists what there is.", null, "unknown_url"),
        StatusCodes.Status405MethodNotAllowed => new(status, $"{Shown(context.Request.Path)} does not accept {context.Request.Method}; it accepts {context.Response.Headers.Allow}.", null, "method_not_allowed"),
        _ => new(status, $"The request was refused with status {status}."),
    };

    private static string Shown(PathString path) => path.Value is { Length: > 100 } text ? $"{text[..100]}…" : path.Value ?? "/";

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed")]
    private static partial void Failed(ILogger log, string? path, Exception exception);
}
