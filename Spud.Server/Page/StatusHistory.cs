using System.Diagnostics;
using Spud.Generation;
using Spud.Server.Models;

namespace Spud.Server.Page;

/// <summary>Samples the loop once a second and keeps the last five minutes, so that a page that is opened has a past.</summary>
internal sealed class StatusHistory(ModelShelf models) : BackgroundService
{
    private const int Length = 300;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<StatusSample> _samples = new(Length);
    private Dictionary<LanguageModel, long> _generated = [];
    private long _last = Stopwatch.GetTimestamp(), _number;

    /// <summary>The samples after one that is known, the oldest first.</summary>
    /// <param name="number">Number of the last sample that is known; 0 for none.</param>
    public StatusSample[] After(long number)
    {
        lock (_gate)
            return [.. _samples.Where(sample => sample.Number > number)];
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(s_interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
                Take();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server ends.
        }
    }

    private void Take()
    {
        (double tokens, int waiting, int running, long? clearing) = (0, 0, 0, null);
        Dictionary<LanguageModel, long> generated = [];
        foreach (ServedModel model in models.All)
        {
            if (model.Loading is not { IsCompletedSuccessfully: true } loading)
                continue;

            LoopStatus status = loading.Result.Status;
            tokens += status.GeneratedTokens - _generated.GetValueOrDefault(loading.Result);
            generated[loading.Result] = status.GeneratedTokens;
            waiting += status.Waiting;
            running += status.Running;
            // Models have schedulers, and so markets, of their own; the chart follows the first that has one.
            clearing ??= PriceStatus.Of(status.Prices) is null ? null : status.Prices.Clearing;
        }

        long now = Stopwatch.GetTimestamp();
        double rate = tokens / Stopwatch.GetElapsedTime(_last, now).TotalSeconds;
        (_generated, _last) = (generated, now);
        lock (_gate)
        {
            if (_samples.Count == Length)
                _samples.Dequeue();

            _samples.Enqueue(new(++_number, Math.Round(rate, 2), waiting, running, clearing is { } price ? PriceStatus.PerCu(price) : null));
        }
    }
}
