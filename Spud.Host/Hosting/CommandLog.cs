using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Spud.Host;

/// <summary>Logs messages to the user, the exceptions behind them, and the cost of each request. Commands are unaware of it.</summary>
internal sealed class CommandLog(Shell shell, ILoggerFactory loggers) : IHostedService, IDisposable
{
    private readonly ILogger _messages = loggers.CreateLogger("messages");
    private readonly ILogger _requests = loggers.CreateLogger("requests");
    private ActivityListener? _spans;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        shell.Said += OnSaid;
        shell.Failed += OnFailed;
        // Without a log nothing listens, and requests have no span.
        if (_requests.IsEnabled(LogLevel.Information))
        {
            _spans = new()
            {
                ShouldListenTo = static source => source.Name == LanguageModel.TelemetryName,
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = OnRequestEnded,
            };
            ActivitySource.AddActivityListener(_spans);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        shell.Said -= OnSaid;
        shell.Failed -= OnFailed;
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _spans?.Dispose();

    private void OnSaid(string line) =>
        _messages.Log(line.StartsWith("error: ", StringComparison.Ordinal) ? LogLevel.Error : LogLevel.Information, "{Line}", SafeText.Of(line));

    private void OnFailed(Exception exception) => _messages.LogError("{Details}", SafeText.Of(Failure.Details(exception)));

    private void OnRequestEnded(Activity span) => _requests.Log(
        span.Status == ActivityStatusCode.Error ? LogLevel.Error : LogLevel.Information,
        "{Request}: {Milliseconds:0} ms, {Figures}",
        span.DisplayName,
        span.Duration.TotalMilliseconds,
        string.Join(", ", span.TagObjects.Select(tag => $"{tag.Key} {(tag.Value is string[] values ? string.Join('+', values) : tag.Value)}")));
}
