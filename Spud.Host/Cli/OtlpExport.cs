using System.Runtime.CompilerServices;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Spud.Host;

/// <summary>
/// Sends spans and metrics to a collector (OTLP over HTTP), once, at the end of the command. Nothing is sent unless the user names a
/// collector.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    private const int PatienceMilliseconds = 3_000;

    private readonly Uri _collector;
    private readonly Shell _shell;
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private OtlpExport(Uri collector, Shell shell)
    {
        (_collector, _shell) = (collector, shell);
        _traces = Sdk.CreateTracerProviderBuilder().AddSource(LanguageModel.TelemetryName).AddOtlpExporter(options => Point(options, "v1/traces")).Build();
        _metrics = Sdk.CreateMeterProviderBuilder().AddMeter(LanguageModel.TelemetryName).AddOtlpExporter(options => Point(options, "v1/metrics")).Build();
    }

    /// <summary>Starts collecting if a collector is named. No library is loaded otherwise.</summary>
    /// <param name="collector">The collector; null if none is named.</param>
    /// <param name="shell">Informed if nothing could be delivered.</param>
    public static IDisposable? Start(Uri? collector, Shell shell) => collector is null ? null : Begin(collector, shell);

    /// <summary>Sends the collected data.</summary>
    public void Dispose()
    {
        bool delivered = _metrics.ForceFlush(PatienceMilliseconds) & _traces.ForceFlush(PatienceMilliseconds);
        _metrics.Dispose();
        _traces.Dispose();
        if (!delivered)
            _shell.Say($"note: the collector at {_collector} did not accept the telemetry.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport Begin(Uri collector, Shell shell) => new(collector, shell);

    private void Point(OtlpExporterOptions options, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri($"{_collector.AbsoluteUri.TrimEnd('/')}/{path}");
        options.TimeoutMilliseconds = PatienceMilliseconds;
    }
}
