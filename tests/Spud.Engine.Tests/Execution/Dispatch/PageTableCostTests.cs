using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Execution.Dispatch;

/// <summary>
/// What page tables cost of a decode step behind a long text: the default model's pages and policy with components that do nothing. Needs a quiet
/// machine, so it runs when it is asked for: <c>-explicit only -class '*.PageTableCostTests'</c>, with the seconds of each measurement in SPUD_SECONDS (3).
/// </summary>
public sealed class PageTableCostTests(ITestOutputHelper output)
{
    private const int Depth = 64_000;

    [Theory(Explicit = true)]
    [InlineData("""{"use":"plain","format":"q8_0"}""")]
    [InlineData("""{"use":"compressed","keep":0.5,"keys":"q8_0","values":"q4_0","encodeAfter":0}""")]
    [InlineData("""{"use":"compressed","keep":0.5,"keys":"q8_0","values":"q4_0"}""")]
    public void Tables_take_at_most_a_hundredth_of_the_time_in_which_one_thread_reads_the_keys(string cache)
    {
        double seconds = Environment.GetEnvironmentVariable("SPUD_SECONDS") is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : 3;
        using PluginCatalog catalog = PluginCatalog.Discover([TestData.Plugins]);
        PipelineDocument document = PipelineDocument.Load(null, [$"model={TestData.DefaultModel}", $"context={Depth + 64}", $"cache={cache}"]);
        using Pipeline pipeline = Pipeline.Compose(document, catalog, new PipelineOptions { Threads = 1 });
        Pipeline hollow = Hollow.Of(pipeline);
        StepTimes shallow = StepTimes.Of(hollow, seconds, 128), deep = StepTimes.Of(hollow, seconds, Depth);
        double tables = deep.Best - shallow.Best, reading = ReadingTime(pipeline);
        output.WriteLine($"{cache}: step at depth 128 {shallow.Best:F1} us, at depth {Depth} {deep.Best:F1} us; the keys are read in {reading:F0} us; share {tables / reading:P2}");
        Assert.InRange(tables / reading, double.NegativeInfinity, 0.01);
    }

    /// <summary>Microseconds in which one thread reads all pages once: the least that attention can take.</summary>
    private static double ReadingTime(Pipeline pipeline)
    {
        double best = double.PositiveInfinity;
        for (int round = 0; round < 3; round++)
        {
            long from = Stopwatch.GetTimestamp();
            float sum = 0;
            foreach (PoolPages pool in pipeline.Parts.Pages.Layers.SelectMany(static layer => layer.Pools))
                sum += SumOf(pool.Pool.Keys) + SumOf(pool.Pool.Values);

            best = Math.Min(best, Stopwatch.GetElapsedTime(from).TotalMicroseconds + 0 * sum);
        }

        return best;
    }

    private static float SumOf(TensorView view)
    {
        int sum = 0;
        for (long first = 0; first < view.Bytes; first += 1 << 20)
        {
            ReadOnlySpan<byte> part = new TensorView(view.Domain, view.Address + (nint)first, ElementType.I8, [(int)Math.Min(1 << 20, view.Bytes - first)]).AsSpan<byte>();
            sum += TensorPrimitives.Max(part);
        }

        return sum;
    }
}
