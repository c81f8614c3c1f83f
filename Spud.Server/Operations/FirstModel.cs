using Spud.Server.Models;

namespace Spud.Server.Operations;

/// <summary>Loads the first model while the server already answers /health; if that fails, the process ends.</summary>
internal sealed partial class FirstModel(ModelShelf models, Readiness readiness, IHostApplicationLifetime lifetime, ILogger<FirstModel> log) : BackgroundService
{
    /// <summary>Why the model could not be loaded; null if it could.</summary>
    public Exception? Fault { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Loading must not delay the start of the server.
        await Task.Yield();
        try
        {
            await models.LoadFirstAsync(stoppingToken).ConfigureAwait(false);
            readiness.Loaded();
            Ready(models.All[0].Name);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server ends before it was ready.
        }
        catch (Exception fault)
        {
            Fault = fault;
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "ready: {Model}")]
    private partial void Ready(string model);
}
