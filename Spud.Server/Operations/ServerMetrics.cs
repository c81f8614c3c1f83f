using System.Diagnostics.Metrics;
using Spud.Generation;
using Spud.Server.Generation;
using Spud.Server.Models;

namespace Spud.Server.Operations;

/// <summary>What the server does now, as metrics; what requests took is reported by the engine.</summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Spud.Server";

    private readonly Meter _meter = new(Name);
    private readonly ModelShelf _models;

    public ServerMetrics(ModelShelf models, Admission admission)
    {
        _models = models;
        _meter.CreateObservableGauge("spud.server.answers", () => admission.Open, "{answer}", "Answers that clients wait for.");
        Gauge("spud.server.requests.waiting", "{request}", "Requests that wait for room.", static status => status.Waiting);
        Gauge("spud.server.requests.running", "{request}", "Requests that are read or generate.", static status => status.Running);
        Gauge("spud.server.tokens.rate", "{token}/s", "Tokens generated per second.", static status => status.TokensPerSecond);
        Gauge("spud.server.pages", "{page}", "Pages of keys and values.", static status => status.Pages);
        Gauge("spud.server.pages.free", "{page}", "Pages that hold nothing.", static status => status.FreePages);
        Gauge("spud.server.step.current", "s", "Time since the current step began.", static status => status.CurrentStep.TotalSeconds);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string unit, string description, Func<LoopStatus, double> value) =>
        _meter.CreateObservableGauge(name, () => Loaded().Select(model => new Measurement<double>(value(model.Model.Status), new KeyValuePair<string, object?>("model", model.Name))), unit, description);

    private IEnumerable<(string Name, LanguageModel Model)> Loaded() =>
        _models.All.Where(static model => model.IsLoaded).Select(static model => (model.Name, model.Loading!.Result));
}
