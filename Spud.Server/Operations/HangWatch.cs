using Spud.Server.Models;
using Spud.Server.Settings;

namespace Spud.Server.Operations;

/// <summary>
/// Notices a step that does not end: a component hangs. /health then says so, and after a grace period the process ends, since the thread of
/// the loop cannot be taken back; whoever supervises it starts it again, and jobs are taken up.
/// </summary>
internal sealed partial class HangWatch(ModelShelf models, ServerSettings settings, Readiness readiness, ILogger<HangWatch> log) : BackgroundService
{
    /// <summary>Exit code of a process that ends because a component hangs.</summary>
    public const int ExitCode = 70;

    private readonly TimeSpan _limit = TimeSpan.FromSeconds(settings.HangSeconds);
    private readonly HangGrace _grace = new(TimeSpan.FromSeconds(settings.HangGraceSeconds), TimeSpan.FromSeconds(Math.Clamp(settings.HangSeconds / 4, 0.05, 5)));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(_grace.BetweenLooks);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
                Look();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server ends.
        }
    }

    private void Look()
    {
        foreach (ServedModel model in models.All)
        {
            if (model.Loading is not { IsCompletedSuccessfully: true } loading)
                continue;

            TimeSpan step = loading.Result.Status.CurrentStep;
            if (step < _limit)
                continue;

            string running = loading.Result.Engine.LastComponent;
            if (readiness.Hang($"{running} of model {model.Name} hangs: its step has not ended for {step.TotalSeconds:0} s"))
                Hangs(running, model.Name, step.TotalSeconds, settings.HangGraceSeconds);
            if (_grace.IsOver(step - _limit))
                Environment.Exit(ExitCode);

            return;
        }

        _grace.Restart();
        readiness.Recover();
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Component} of model {Model} hangs: its step has not ended for {Seconds:0} s; the process ends {Grace:0} s later")]
    private partial void Hangs(string component, string model, double seconds, double grace);
}
