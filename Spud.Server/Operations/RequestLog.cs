using System.Diagnostics;

namespace Spud.Server.Operations;

/// <summary>Logs one line per request: what was asked, how it ended and how long it took; no text of a prompt or an answer.</summary>
internal static partial class RequestLog
{
    /// <summary>Runs the rest of the pipeline.</summary>
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next, ILogger log)
    {
        string path = context.Request.Path.Value ?? "/";
        long start = Stopwatch.GetTimestamp();
        await next(context).ConfigureAwait(false);
        // What only asks how the server is would fill the log.
        LogLevel level = HttpMethods.IsGet(context.Request.Method) ? LogLevel.Debug : LogLevel.Information;
        if (log.IsEnabled(level))
            Answered(log, level, context.Request.Method, path.Length > 100 ? path[..100] : path, context.RequestAborted.IsCancellationRequested ? "left" : $"{context.Response.StatusCode}", Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    [LoggerMessage(Message = "{Method} {Path}: {Status}, {Milliseconds:0.0} ms")]
    private static partial void Answered(ILogger log, LogLevel level, string method, string path, string status, double milliseconds);
}
