using System.Globalization;
using Spud.Composition;
using Spud.Configuration;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Execution.Dispatch;

/// <summary>
/// What the host and the contract cost of a decode step, and of that the ledger: the default model's pipeline, and the same pipeline with
/// components that do nothing. Needs a quiet machine, so it runs when it is asked for: <c>-explicit only -class '*.DispatchCostTests'</c>,
/// with the seconds of each measurement in SPUD_SECONDS (3) and the threads in SPUD_THREADS (2).
/// </summary>
public sealed class DispatchCostTests(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public void The_host_takes_at_most_a_hundredth_of_a_decode_step_and_the_ledger_half_of_that()
    {
        double seconds = Setting("SPUD_SECONDS", 3);
        int threads = (int)Setting("SPUD_THREADS", 2);
        using PluginCatalog catalog = PluginCatalog.Discover([TestData.Plugins]);
        PipelineDocument document = PipelineDocument.Load(null, [$"model={TestData.DefaultModel}", "context=1024"]);
        using Pipeline pipeline = Pipeline.Compose(document, catalog, new PipelineOptions { Threads = threads });

        StepTimes real = StepTimes.Of(pipeline, seconds), empty = StepTimes.Of(Hollow.Of(pipeline), seconds);
        double ledger = LedgerTimes.Best(pipeline), share = empty.Best / real.Best;
        output.WriteLine($"{Environment.ProcessorCount} processors, {threads} threads, .NET {Environment.Version}; {pipeline.Model.Layers.Length} layers, decode at depth {StepTimes.Depth}");
        output.WriteLine($"decode step            best {real.Best,9:F1} us, median {real.Median,9:F1} us");
        output.WriteLine($"with empty components  best {empty.Best,9:F1} us, median {empty.Median,9:F1} us");
        output.WriteLine($"share                  {share:P2}");
        output.WriteLine($"of that, the ledger    best {ledger,9:F1} us, {ledger / real.Best:P2}");
        Assert.InRange(share, 0, 0.01);
        Assert.InRange(ledger / real.Best, 0, 0.005);
    }

    private static double Setting(string name, double otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
